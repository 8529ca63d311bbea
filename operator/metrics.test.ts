import { expect } from 'chai'
import { createMetrics } from '../runtime/metrics/metrics.ts'
import { injectedPod } from './testing/build.ts'
import { plan, v1 } from './testing/planning.ts'
import { createSidecarSetMetrics } from './metrics.ts'

describe('the metrics of a SidecarSet', () => {
  const strategy = { canary: { steps: [{ replicas: 1 }] } }
  const { summary } = plan([injectedPod('a', v1), injectedPod('b', v1)], { strategy })

  it('tell of pods, step, durations and failures by reason, with zeros from the first look on', async () => {
    const metrics = createMetrics({ processMetrics: false })
    const measured = createSidecarSetMetrics(metrics)
    measured.summary('mesh', summary)
    const text = await metrics.text()
    for (const line of [
      'baton_sidecarset_pods{sidecarset="mesh",state="matched"} 2',
      'baton_sidecarset_pods{sidecarset="mesh",state="upgrading"} 1',
      'baton_sidecarset_rollout_step{sidecarset="mesh"} 1',
      'baton_sidecarset_rollout_paused_timestamp_seconds{sidecarset="mesh"} 0',
      'baton_sidecarset_failures_total{sidecarset="mesh",reason="ProxyExited"} 0',
      'baton_sidecarset_connections_cut_total{sidecarset="mesh"} 0',
      'baton_sidecarset_upgrade_duration_seconds_count{sidecarset="mesh"} 0',
      'baton_sidecarset_handover_duration_seconds_count{sidecarset="mesh"} 0',
    ]) {
      expect(text).to.include(line)
    }
  })

  it('count failures by their reason, and what nobody knows as other', async () => {
    const metrics = createMetrics({ processMetrics: false })
    const measured = createSidecarSetMetrics(metrics)
    measured.result('mesh', { outcome: 'failed', reason: 'ProxyExited' }, 7)
    measured.result('mesh', { outcome: 'failed', reason: 'Whatever' }, undefined)
    measured.result('mesh', { outcome: 'settled', reason: '' }, 3)
    const text = await metrics.text()
    expect(text).to.include('failures_total{sidecarset="mesh",reason="ProxyExited"} 1')
    expect(text).to.include('failures_total{sidecarset="mesh",reason="Other"} 1')
    expect(text).to.include('upgrade_duration_seconds_sum{sidecarset="mesh"} 10')
    measured.remove('mesh')
    expect(await metrics.text()).not.to.include('sidecarset="mesh"')
  })
})
