import { expect } from 'chai'
import type { SidecarContainer } from '../v1beta1/sidecarset.ts'
import { fromAppViolations } from './fromApp.ts'

function violations(fields: Partial<SidecarContainer>) {
  return fromAppViolations({
    list: 'containers',
    path: 'spec.containers[0]',
    container: { name: 'proxy', image: 'proxy:v1', ...fields },
  }).map(({ field, problem }) => `${field.replace('spec.containers[0].', '')}: ${problem}`)
}

const policy = {
  targetContainersNameRegex: '^app$',
  resourcesExpr: { requests: { cpu: 'cpu*50%' } },
}

const cases: readonly (readonly [string, Partial<SidecarContainer>, ...string[]])[] = [
  ['nothing is taken', {}],
  [
    'everything is right',
    {
      shareVolumePolicy: { type: 'enabled' },
      shareVolumeDevicePolicy: { type: 'disabled' },
      transferEnv: [
        { sourceContainerName: 'app', envName: 'ZONE' },
        {
          sourceContainerNameFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } },
          envNames: ['ZONE'],
        },
      ],
      resourcesPolicy: policy,
    },
  ],
  [
    'a policy for volumes is misspelt',
    { shareVolumePolicy: { type: 'Enabled' as 'enabled' } },
    'shareVolumePolicy.type: there is no such value',
  ],
  [
    'variables come from nowhere',
    { transferEnv: [{ envName: 'ZONE' }] },
    'transferEnv[0].sourceContainerName: nothing says which container the variables come from',
  ],
  [
    'no variable is named',
    { transferEnv: [{ sourceContainerName: 'app' }] },
    'transferEnv[0].envName: no variable is named',
  ],
  [
    'the name of the container stands in a field that is no label',
    {
      transferEnv: [
        { sourceContainerNameFrom: { fieldRef: { fieldPath: 'spec.nodeName' } }, envName: 'ZONE' },
      ],
    },
    'transferEnv[0].sourceContainerNameFrom.fieldRef.fieldPath: this names neither a label nor an annotation of the pod',
  ],
  [
    'resources are both given and computed',
    { resources: { limits: { cpu: '1' } }, resourcesPolicy: policy },
    'resources: resourcesPolicy computes them already',
  ],
  [
    'the mode is misspelt',
    { resourcesPolicy: { ...policy, targetContainersMode: 'avg' as 'sum' } },
    'resourcesPolicy.targetContainersMode: there is no such value',
  ],
  [
    'no container can match',
    { resourcesPolicy: { resourcesExpr: policy.resourcesExpr } },
    'resourcesPolicy.targetContainersNameRegex: nothing says which containers count',
  ],
  [
    'the regular expression is none',
    { resourcesPolicy: { ...policy, targetContainersNameRegex: '(' } },
    'resourcesPolicy.targetContainersNameRegex: error parsing regexp: missing closing ): `(`',
  ],
  [
    'nothing is computed',
    { resourcesPolicy: { targetContainersNameRegex: '.*' } },
    'resourcesPolicy.resourcesExpr: no expression says what the resources shall be',
  ],
  [
    'an expression is wrong',
    { resourcesPolicy: { ...policy, resourcesExpr: { limits: { memory: 'cpu*2' } } } },
    'resourcesPolicy.resourcesExpr.limits.memory: there is no variable cpu here, only memory (at character 1)',
  ],
]

describe('what a container takes from the app is checked when', () => {
  for (const [name, fields, ...expected] of cases) {
    it(name, () => {
      expect(violations(fields)).to.deep.equal(expected)
    })
  }
})
