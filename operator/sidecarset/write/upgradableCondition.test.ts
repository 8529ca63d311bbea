import { expect } from 'chai'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { applyPatch } from '../../testing/applyPatch.ts'
import { hotProxy, injectedPod } from '../../testing/build.ts'
import { upgradablePatch } from './upgradableCondition.ts'

const NOW = Date.parse('2025-01-01T01:00:00Z')
const fresh = injectedPod('a', [hotProxy('proxy:1')])

function told(pod: Pod, set: string, isUpgradable: boolean, now = NOW): Pod {
  const patch = upgradablePatch(pod, set, isUpgradable, now)
  if (patch === undefined) throw new Error('nothing is said')
  return applyPatch(pod, patch)
}

const condition = (pod: Pod) =>
  pod.status?.conditions?.find((one) => one.type === 'SidecarSetUpgradable')

describe('the condition SidecarSetUpgradable of a pod', () => {
  it('is not written while nothing keeps its sets from being upgraded', () => {
    expect(upgradablePatch(fresh, 'mesh', true, NOW)).to.equal(undefined)
  })
  it('is False with the reason UpdateImmutableField when one cannot be', () => {
    expect(condition(told(fresh, 'mesh', false))).to.deep.equal({
      type: 'SidecarSetUpgradable',
      status: 'False',
      reason: 'UpdateImmutableField',
      message: '{"mesh":false}',
      lastTransitionTime: '2025-01-01T01:00:00Z',
    })
  })
  it('is written once', () => {
    expect(upgradablePatch(told(fresh, 'mesh', false), 'mesh', false, NOW)).to.equal(undefined)
  })
  it('is True again when all sets can be upgraded, and not before', () => {
    const both = told(told(fresh, 'mesh', false), 'logs', false, NOW + 1_000)
    expect(condition(both)).to.include({
      message: '{"mesh":false,"logs":false}',
      lastTransitionTime: '2025-01-01T01:00:00Z',
    })
    const one = told(both, 'mesh', true)
    expect(condition(one)).to.include({ status: 'False', message: '{"mesh":true,"logs":false}' })
    expect(condition(told(one, 'logs', true, NOW + 2_000))).to.include({
      status: 'True',
      reason: 'AllSidecarsetUpgradable',
      lastTransitionTime: '2025-01-01T01:00:02Z',
    })
  })
  it('leaves other conditions alone, and says it anew where somebody wrote nonsense', () => {
    const pod = told(fresh, 'mesh', false)
    expect(pod.status?.conditions?.some(({ type }) => type === 'Ready')).to.equal(true)
    const odd = applyPatch(pod, {
      status: { conditions: [{ type: 'SidecarSetUpgradable', message: 'nonsense' }] },
    })
    expect(condition(told(odd, 'mesh', false))).to.include({ message: '{"mesh":false}' })
  })
})
