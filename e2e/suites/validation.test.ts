import { expect } from 'chai'
import type { SidecarContainer, SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import { KubectlError } from '../environment/kubectl.ts'
import { applyAll } from '../workload/deploy.ts'
import { edgeGateway } from '../workload/gateway.ts'
import { meshSet } from '../workload/mesh.ts'
import { useEnvironment } from './sharedEnvironment.ts'

interface BadInput {
  readonly set: (good: SidecarSet) => object
  /** What the refusal must name: field, value and remedy. */
  readonly names: readonly RegExp[]
}

const badInputs: Readonly<Record<string, BadInput>> = {
  'a SidecarSet without selector': {
    set: (good) => ({ ...good, spec: { ...good.spec, selector: undefined } }),
    names: [/spec\.selector/, /matchLabels|matchExpressions/],
  },
  'an unknown upgradeType': {
    set: (good) =>
      withContainer(good, (container) => ({
        ...container,
        upgradeStrategy: { upgradeType: 'WarmUpgrade' },
      })),
    names: [/upgradeStrategy\.upgradeType/, /WarmUpgrade/, /ColdUpgrade.*HotUpgrade/],
  },
  'a handover without command': {
    set: (good) => withContainer(good, (container) => ({ ...container, command: undefined })),
    names: [/containers\[0\]\.command/, /command/],
  },
  'slot names over 63 characters': {
    set: (good) => withContainer(good, (container) => ({ ...container, name: 'p'.repeat(62) })),
    names: [/containers\[0\]\.name/, /p{62}/, /61/],
  },
}

describe('bad input', () => {
  const environment = useEnvironment()

  for (const [title, { set, names }] of Object.entries(badInputs)) {
    it(`${title} is refused with a sentence that names field, value and remedy`, async () => {
      const good = meshSet({ name: 'refused', image: 'registry.example/proxy:1' })
      let refusal: unknown
      try {
        await applyAll(environment(), [set(good)])
      } catch (error) {
        refusal = error
      }
      if (!(refusal instanceof KubectlError)) throw new Error('it was accepted')
      process.stdout.write(`      ${refusal.stderr.trim()}\n`)
      for (const name of names) expect(refusal.stderr).to.match(name)
    })
  }

  it('what one object can tell is refused by the API server itself', async () => {
    const good = meshSet({ name: 'refused', image: 'registry.example/proxy:1' })
    const spec = { ...good.spec, updateStrategy: { type: 'Rolling', maxUnavailable: 0 } }
    const refusal = await applyAll(environment(), [{ ...good, spec }]).catch(
      (error: unknown) => error,
    )
    if (!(refusal instanceof KubectlError)) throw new Error('it was accepted')
    expect(refusal.stderr).to.contain('spec.updateStrategy.type: Invalid value: "Rolling"')
    expect(refusal.stderr).to.contain('spec.updateStrategy.maxUnavailable: Invalid value: 0')
    expect(refusal.stderr).not.to.contain('denied the request')
  })

  it('a gateway that cannot work is refused by the API server itself, or by the webhook', async () => {
    const good = edgeGateway('default', 'registry.example/proxy:1')
    const refusalOf = async (spec: object): Promise<string> => {
      const gateway = { ...good, spec: { ...good.spec, ...spec } }
      const refusal = await applyAll(environment(), [gateway]).catch((error: unknown) => error)
      if (!(refusal instanceof KubectlError)) throw new Error('it was accepted')
      return refusal.stderr
    }
    const cold = { ...good.spec.proxy, upgradeStrategy: { upgradeType: 'ColdUpgrade' } }
    const byServer = await refusalOf({ proxy: cold, service: { ports: [] } })
    expect(byServer).to.contain('spec.proxy.upgradeStrategy.upgradeType: Invalid value')
    expect(byServer).to.contain('nobody could reach the gateway').and.not.to.contain('denied the')
    const byWebhook = await refusalOf({ service: { ports: [{ port: 80, targetPort: 'web' }] } })
    expect(byWebhook).to.match(/spec\.service\.ports\[0\]\.targetPort: is "web": no port of spec/)
    const misnamed = { ...good, metadata: { ...good.metadata, name: '1st' } }
    const byRule = await applyAll(environment(), [misnamed]).catch((error: unknown) =>
      String(error),
    )
    expect(byRule).to.contain('no Service can be called so')
  })

  it('kubectl explain tells what a field is for, down to those of core containers', async () => {
    const explain = (field: string) =>
      environment().kubectl(['explain', `sidecarset.spec.${field}`])
    expect(await explain('updateStrategy.maxUnavailable')).to.contain('Pods that may be in flight')
    expect(await explain('containers.upgradeStrategy.handover.drain')).to.contain('maxSeconds')
    expect(await explain('containers.readinessProbe.httpGet.path')).to.contain('Defaults to /')
    const ofGateway = await environment().kubectl(['explain', 'igw.spec.service.ports.targetPort'])
    expect(ofGateway).to.contain('by number or by name')
  })

  it('two people own parts of one set by server-side apply', async () => {
    const { kubectl } = environment()
    const good = meshSet({ name: 'shared', image: 'registry.example/proxy:1' })
    const [container] = good.spec.containers ?? []
    const env = [{ name: 'ZONE', value: 'north' }]
    const part = { ...good, spec: { containers: [{ name: container?.name, env }] } }
    await applyAll(environment(), [good])
    await kubectl(['apply', '--server-side', '--field-manager=other', '-f', '-'], {
      input: JSON.stringify(part),
    })
    const stored = await kubectl(['get', 'sidecarset', 'shared', '-o', 'json'])
    const { spec } = JSON.parse(stored) as SidecarSet
    await kubectl(['delete', 'sidecarset', 'shared'])
    expect(spec.containers?.[0]).to.deep.include({ env: [...(container?.env ?? []), ...env] })
    expect(spec.containers?.[0]?.image).to.equal(container?.image)
  })

  it('a good one with the same shape is accepted', async () => {
    const good = meshSet({ name: 'accepted', image: 'registry.example/proxy:1' })
    await applyAll(environment(), [good])
    await environment().kubectl(['delete', 'sidecarset', 'accepted'])
  })
})

function withContainer(set: SidecarSet, change: (container: SidecarContainer) => object): object {
  return { ...set, spec: { ...set.spec, containers: set.spec.containers?.map(change) } }
}
