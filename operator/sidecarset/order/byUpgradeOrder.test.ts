import { expect } from 'chai'
import { hotProxy, injectedPod } from '../../testing/build.ts'
import type { PodOptions } from '../../testing/build.ts'
import { byUpgradeOrder } from './byUpgradeOrder.ts'
import { viewPod } from '../rollout/podView.ts'

describe('the order of upgrades', () => {
  // The first of each pair goes first, though its name comes last.
  const cases: Record<string, [PodOptions, PodOptions]> = {
    'unassigned before assigned': [{ node: '' }, {}],
    'pending before running': [{ phase: 'Pending' }, {}],
    'unknown before running': [{ phase: 'Unknown' }, {}],
    'pending before unknown': [{ phase: 'Pending' }, { phase: 'Unknown' }],
    'not ready before ready': [{ ready: false }, {}],
    'ready for shorter first': [{ readySince: '2025-01-02T00:00:00Z' }, {}],
    'more restarts first': [{ restarts: 3 }, { restarts: 1 }],
    'newer first': [{ createdAt: '2025-01-02T00:00:00Z' }, {}],
    'assignment before readiness': [{ node: '' }, { ready: false }],
  }
  for (const [name, [first, second]] of Object.entries(cases)) {
    it(name, () => {
      const pods = [
        injectedPod('a', [hotProxy('x')], second),
        injectedPod('z', [hotProxy('x')], first),
      ]
      const views = pods.flatMap((pod) => viewPod(pod, 'mesh') ?? [])
      expect(views.sort(byUpgradeOrder).map((view) => view.key)).to.deep.equal([
        'default/z',
        'default/a',
      ])
    })
  }

  it('is by name between equals', () => {
    const views = ['b', 'a'].flatMap((name) => viewPod(injectedPod(name, []), 'mesh') ?? [])
    expect(views.sort(byUpgradeOrder).map((view) => view.key)).to.deep.equal([
      'default/a',
      'default/b',
    ])
  })
})
