import { expect } from 'chai'
import { createMetrics } from '../runtime/metrics/metrics.ts'
import { injectedPod } from './testing/build.ts'
import { now, plan, v1 } from './testing/planning.ts'
import { createSidecarSetMetrics } from './metrics.ts'

describe('the metrics of a SidecarSet', () => {
  const strategy = { canary: { steps: [{ replicas: 1 }] } }
  const seen = plan([injectedPod('a', v1), injectedPod('b', v1)], { strategy })
  const deadline = { progressDeadlineSeconds: 600 }

  it('tell of pods, step, durations and failures by reason, with zeros from the first look on', async () => {
    const metrics = createMetrics({ processMetrics: false })
    const measured = createSidecarSetMetrics(metrics)
    measured.look('mesh', seen, deadline)
    const text = await metrics.text()
    for (const line of [
      'baton_sidecarset_pods{sidecarset="mesh",state="matched"} 2',
      'baton_sidecarset_pods{sidecarset="mesh",state="upgrading"} 1',
      'baton_sidecarset_rollout_step{sidecarset="mesh"} 1',
      'baton_sidecarset_rollout_steps{sidecarset="mesh"} 1',
      'baton_sidecarset_rollout_stopped{sidecarset="mesh"} 0',
      'baton_sidecarset_commands_total{sidecarset="mesh",outcome="Refused"} 0',
      'baton_sidecarset_pods_idle{sidecarset="mesh",reason="CanaryStep"} 1',
      'baton_sidecarset_pods_idle{sidecarset="mesh",reason="WriteFailed"} 0',
      'baton_sidecarset_rollout_paused_timestamp_seconds{sidecarset="mesh"} 0',
      'baton_sidecarset_failures_total{sidecarset="mesh",reason="ProxyExited"} 0',
      'baton_sidecarset_connections_cut_total{sidecarset="mesh"} 0',
      'baton_sidecarset_upgrade_duration_seconds_count{sidecarset="mesh"} 0',
      'baton_sidecarset_handover_duration_seconds_count{sidecarset="mesh"} 0',
    ]) {
      expect(text).to.include(line)
    }
  })

  it('say until when something must go on, and that nothing must while people are waited for', async () => {
    const metrics = createMetrics({ processMetrics: false })
    const measured = createSidecarSetMetrics(metrics)
    const lines = async () => (await metrics.text()).split('\n')
    const name = (of: string) =>
      `baton_sidecarset_rollout_${of}_timestamp_seconds{sidecarset="mesh"}`
    measured.look('mesh', seen, deadline)
    expect(await lines()).to.include(`${name('deadline')} ${now / 1000 + 600}`)
    expect(await lines()).to.include(`${name('pause_deadline')} 0`)

    const hold = { kind: 'people', since: now - 5_000, endsAt: now + 9_000 } as const
    const step = { step: 1, of: 1, goal: 1, settled: 1, hold }
    const summary = { ...seen.summary, step, isClockRunning: false }
    measured.look('mesh', { ...seen, summary }, deadline)
    expect(await lines()).to.include(`${name('deadline')} 0`)
    expect(await lines()).to.include(`${name('paused')} ${now / 1000 - 5}`)
    expect(await lines()).to.include(`${name('pause_deadline')} ${now / 1000 + 9}`)

    // Who gave it up waits for nobody.
    measured.look('mesh', { ...seen, summary: { ...summary, stopped: true } }, deadline)
    expect(await lines()).to.include(`${name('pause_deadline')} 0`)
    expect(await lines()).to.include('baton_sidecarset_rollout_stopped{sidecarset="mesh"} 1')
  })

  it('count failures by their reason, and what nobody knows as other', async () => {
    const metrics = createMetrics({ processMetrics: false })
    const measured = createSidecarSetMetrics(metrics)
    measured.result('mesh', { outcome: 'failed', reason: 'ProxyExited' }, 7)
    measured.result('mesh', { outcome: 'failed', reason: 'Whatever' }, undefined)
    measured.result('mesh', { outcome: 'settled', reason: '' }, 3)
    measured.look('mesh', seen, deadline)
    measured.command('mesh', 'Refused')
    const text = await metrics.text()
    expect(text).to.include('failures_total{sidecarset="mesh",reason="ProxyExited"} 1')
    expect(text).to.include('failures_total{sidecarset="mesh",reason="Other"} 1')
    expect(text).to.include('commands_total{sidecarset="mesh",outcome="Refused"} 1')
    expect(text).to.include('upgrade_duration_seconds_sum{sidecarset="mesh"} 10')
    measured.remove('mesh')
    expect(await metrics.text()).not.to.include('sidecarset="mesh"')
  })
})
