import { expect } from 'chai'
import { hotProxy, injectedPod, largeProxy } from '../testing/build.ts'
import { plan } from '../testing/planning.ts'
import { viewPod } from './rollout/podView.ts'
import { keptPod } from './keptPod.ts'

describe('what is kept of a pod', () => {
  const whole = injectedPod('a', [largeProxy('proxy:1')], { ip: '10.0.0.1' })
  const pod = {
    ...whole,
    spec: {
      ...whole.spec,
      volumes: [{ name: 'data', emptyDir: {} }],
      containers: (whole.spec?.containers ?? []).map((one) => ({
        ...one,
        env: [{ name: 'SECRET', value: 'x'.repeat(1000) }],
      })),
    },
  }

  it('leaves out what nobody reads', () => {
    const text = JSON.stringify(keptPod(pod, true))
    expect(text).not.to.contain('SECRET')
    expect(text).not.to.contain('volumes')
  })
  it('is seen as the whole pod is', () => {
    const seen = (one: typeof whole) => ({ ...viewPod(one, 'mesh'), pod: undefined })
    expect(seen(keptPod(pod, true))).to.deep.equal(seen(pod))
    expect(seen(pod)).to.have.property('key')
  })
  it('is planned for as the whole pod is', () => {
    const to = [largeProxy('proxy:2')]
    const decisions = (one: typeof whole) =>
      plan([one], { to, from: [largeProxy('proxy:1')] }).decisions.map((decision) => ({
        ...decision,
        view: decision.view.key,
      }))
    expect(decisions(keptPod(pod, true))).to.deep.equal(decisions(pod))
    expect(decisions(pod)).to.have.nested.property('[0].kind', 'resize')
  })
  it('is next to nothing of a pod that has no set', () => {
    const other = injectedPod('b', [hotProxy('proxy:1')])
    const { name, namespace, uid, resourceVersion, labels, creationTimestamp } = other.metadata
    expect(keptPod(other, false)).to.deep.equal({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, uid, resourceVersion, labels, creationTimestamp },
      spec: { nodeName: 'node-a', containers: [] },
      status: { phase: 'Running' },
    })
  })
})
