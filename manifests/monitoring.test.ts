import { expect } from 'chai'
import { AGENT_CONTAINER } from '../api/group.ts'
import { inject } from '../webhook/inject/inject.ts'
import { injectable, pod, sidecarSet } from '../webhook/inject/testing/build.ts'
import { renderInstall, renderMonitoring } from './generate.ts'
import { byKey, parseObjects } from './testing/installed.ts'

interface Container {
  readonly name: string
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
}

describe('the manifest for monitoring', () => {
  const objects = byKey(parseObjects(renderMonitoring()))
  const installed = byKey(parseObjects(renderInstall()))

  for (const component of ['baton-operator', 'baton-webhook'])
    it(`finds the pods of ${component}, and the port on which they have metrics`, () => {
      const service = objects[`Service baton-system/${component}-metrics`]
      const deployment = installed[`Deployment baton-system/${component}`]
      const selector = nested(service, 'spec', 'selector')
      expect(nested(deployment, 'spec', 'template', 'metadata', 'labels')).to.deep.equal(selector)
      expect(nested(service, 'spec', 'ports')).to.deep.equal([
        { name: 'metrics', port: 8080, targetPort: 'metrics', protocol: 'TCP' },
      ])
      const [container] = nested(
        deployment,
        'spec',
        'template',
        'spec',
        'containers',
      ) as Container[]
      expect(container?.ports).to.deep.include({ name: 'metrics', containerPort: 8080 })
    })

  it('gives the Services’ pods the jobs that the alerts ask for', () => {
    const monitor = objects['ServiceMonitor baton-system/baton']
    expect(nested(monitor, 'spec', 'jobLabel')).to.equal('app.kubernetes.io/name')
    const wanted = nested(monitor, 'spec', 'selector', 'matchLabels')
    for (const job of ['baton-operator', 'baton-webhook']) {
      const labels = nested(objects[`Service baton-system/${job}-metrics`], 'metadata', 'labels')
      expect(labels).to.include({ 'app.kubernetes.io/name': job, ...(wanted as object) })
    }
  })

  it('finds the agent in pods as the webhook makes them, and nobody else', () => {
    const { patch } = inject(pod(), [injectable(sidecarSet())], { agentImage: 'agent', nowMs: 0 })
    const values = patch.flatMap(({ value }) => value)
    const agents = values.filter((value) => (value as Container).name === AGENT_CONTAINER)
    expect(agents).to.have.lengthOf(1)
    const [port] = (agents[0] as Container).ports ?? []
    expect(objects['PodMonitor baton-system/baton-agent']).to.deep.nested.include({
      'spec.podMetricsEndpoints[0].port': port?.name,
      'spec.podMetricsEndpoints[0].relabelings[0].regex': AGENT_CONTAINER,
      'spec.podMetricsEndpoints[0].relabelings[1].regex': String(port?.containerPort),
      'spec.podMetricsEndpoints[0].relabelings[2]': {
        targetLabel: 'job',
        replacement: 'baton-agent',
      },
    })
  })

  it('keeps the label container for the sidecar that an agent tells of', () => {
    expect(objects['PodMonitor baton-system/baton-agent'])
      .nested.property('spec.podMetricsEndpoints[0].relabelings')
      .to.deep.include({ action: 'labeldrop', regex: 'container' })
  })

  it('has no object that the installation has', () => {
    expect(Object.keys(objects).filter((key) => key in installed)).to.deep.equal([])
  })
})

function nested(object: unknown, ...path: readonly string[]): unknown {
  return path.reduce((at, name) => (at as Record<string, unknown>)[name], object)
}
