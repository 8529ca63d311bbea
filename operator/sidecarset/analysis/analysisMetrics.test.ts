import { expect } from 'chai'
import type { AnalysisStatus, MetricStatus } from '../../../api/v1beta1/analysis.ts'
import { createMetrics } from '../../../runtime/metrics/metrics.ts'
import { createAnalysisMetrics } from './analysisMetrics.ts'
import { NO_VERDICTS } from './verdict.ts'

const errors: MetricStatus = {
  ...{ name: 'errors', verdict: 'Running', message: '', successful: 1, failed: 1 },
  ...{ inconclusive: 0, noData: 1, errors: 0, consecutiveErrors: 0 },
  measurements: [
    { at: '2025-01-01T00:00:00Z', outcome: 'Successful', value: 0.2, threshold: '< 0.3' },
    { at: '2025-01-01T00:00:30Z', outcome: 'Failed', value: 0.4, threshold: '<= 0.05' },
    // What has no data leaves the last number where it is.
    { at: '2025-01-01T00:01:00Z', outcome: 'NoData', message: 'the query gives NaN' },
  ],
}

const budget: AnalysisStatus['budget'] = {
  ...{ verdict: 'Running', message: '', handovers: 3, connectionsAtDrain: 40 },
  ...{ connectionsCut: 2, connectionsCutAtMaxSeconds: 1, listenDrops: 0, resets: 5 },
  ...{ longestHandoverSeconds: 1.5, podsNotReady: 0 },
}

const running: AnalysisStatus = {
  ...{ revision: 'r', number: 1, budget },
  step: { startedAt: '2025-01-01T00:00:00Z', step: 1, definition: 'd', metrics: [errors] },
}

const paused = {
  ...NO_VERDICTS,
  step: { kind: 'inconclusive', metric: 'errors', sentence: 'errors is 0.2' },
} as const

const series = 'sidecarset="mesh",scope="step",metric="errors"'

describe('the metrics of analyses', () => {
  it('are the last value and what it was held against, the verdict, and what the rollout may do', async () => {
    const metrics = createMetrics()
    createAnalysisMetrics(metrics).update('mesh', running, paused)
    expect((await metrics.text()).split('\n')).to.include.members([
      `baton_sidecarset_analysis_value{${series}} 0.4`,
      `baton_sidecarset_analysis_threshold{${series}} 0.05`,
      `baton_sidecarset_analysis_measurements{${series},outcome="Failed"} 1`,
      `baton_sidecarset_analysis_measurements{${series},outcome="Error"} 0`,
      `baton_sidecarset_analysis_verdict{${series},verdict="Running"} 1`,
      `baton_sidecarset_analysis_verdict{${series},verdict="Failed"} 0`,
      'baton_sidecarset_analysis_permission{sidecarset="mesh",permission="pause"} 1',
      'baton_sidecarset_analysis_permission{sidecarset="mesh",permission="proceed"} 0',
    ])
  })

  it('are what handovers cost, by the names of the status', async () => {
    const metrics = createMetrics()
    createAnalysisMetrics(metrics).update('mesh', running, NO_VERDICTS)
    const costs = 'baton_sidecarset_rollout_costs{sidecarset="mesh",cost='
    expect((await metrics.text()).split('\n')).to.include.members([
      `${costs}"handovers"} 3`,
      `${costs}"connectionsCut"} 2`,
      `${costs}"connectionsCutAtMaxSeconds"} 1`,
      `${costs}"resets"} 5`,
      'baton_sidecarset_rollout_longest_handover_seconds{sidecarset="mesh"} 1.5',
    ])
  })

  it('end with what they are about: the metric, the rollout, the set', async () => {
    const metrics = createMetrics()
    const analyses = createAnalysisMetrics(metrics)
    analyses.update('mesh', running, NO_VERDICTS)
    analyses.update('mesh', undefined, NO_VERDICTS)
    const text = await metrics.text()
    expect(text).not.to.include(series)
    expect(text).to.include('rollout_costs{sidecarset="mesh",cost="connectionsCut"} 0\n')
    expect(text).to.include('analysis_permission{sidecarset="mesh",permission="proceed"} 1\n')
    analyses.remove('mesh')
    expect(await metrics.text()).not.to.include('mesh')
  })
})
