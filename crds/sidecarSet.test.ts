import { expect } from 'chai'
import type { Schema } from './schema.ts'
import { sidecarSetDefinition } from './sidecarSet.ts'

/** All schemas of a schema with their paths; those of items end with `[]`, of maps with `.*`. */
function schemasIn(
  path: string,
  schema: Schema | undefined,
): readonly (readonly [string, Schema])[] {
  if (schema === undefined) return []
  return [
    [path, schema],
    ...Object.entries(schema.properties ?? {}).flatMap(([key, child]) =>
      schemasIn(`${path}.${key}`, child),
    ),
    ...schemasIn(`${path}[]`, schema.items),
    ...schemasIn(`${path}.*`, schema.additionalProperties),
  ]
}

describe('the schema of the SidecarSet', () => {
  it('describes each field, those of core containers too, for kubectl explain', () => {
    const [version] = sidecarSetDefinition.spec.versions
    const { spec, status } = version.schema.openAPIV3Schema.properties ?? {}
    const silent = [...schemasIn('spec', spec), ...schemasIn('status', status)]
      .filter(
        ([path, { description = '' }]) =>
          !path.endsWith('[]') && !/^[A-Za-z].*\.$/.test(description),
      )
      .map(([path]) => path)
    expect(silent.filter((path) => !path.endsWith('.*'))).to.deep.equal([])
  })

  it('says in each rule what is wrong and what to do', () => {
    const [version] = sidecarSetDefinition.spec.versions
    const messages = schemasIn('', version.schema.openAPIV3Schema)
      .flatMap(([, schema]) => schema['x-kubernetes-validations'] ?? [])
      .map(({ message }) => message)
    expect(messages.length).to.be.greaterThan(20)
    expect(messages.filter((message) => !/^[^;:]+[;:] [a-z].*[^.]$/.test(message))).to.deep.equal(
      [],
    )
  })

  it('lets several people own parts of one set: lists are merged by what names their items', () => {
    const [version] = sidecarSetDefinition.spec.versions
    const keys = schemasIn('', version.schema.openAPIV3Schema).flatMap(([path, schema]) =>
      (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => `${path} ${key}`),
    )
    const inContainers = ['env name', 'volumeDevices devicePath', 'volumeMounts mountPath']
    expect(keys).to.have.members([
      '.spec.containers name',
      '.spec.initContainers name',
      ...['containers', 'initContainers'].flatMap((list) =>
        inContainers.map((key) => `.spec.${list}[].${key}`),
      ),
      '.spec.updateStrategy.canary.analysis.metrics name',
      '.spec.updateStrategy.canary.analysis.args name',
      '.spec.updateStrategy.canary.steps[].analysis.metrics name',
      '.spec.updateStrategy.canary.steps[].analysis.args name',
      '.spec.volumes name',
      '.status.conditions type',
    ])
  })

  it('fits into the annotation of kubectl apply', () => {
    // 262144 bytes for all annotations of an object, in which quotes are escaped.
    expect(JSON.stringify(JSON.stringify(sidecarSetDefinition)).length).to.be.lessThan(200_000)
  })
})
