import type { AlertGroup } from './alert.ts'
import { SUBJECT } from './subject.ts'

const OF_METRIC = 'sidecarset="mesh",scope="step",metric="errors"'
const told = { sidecarset: 'mesh', metric: 'errors' }

/** The measurements with one outcome, of metrics that have come to one verdict. */
function measurements(outcome: string, verdict: string): string {
  return (
    `max by (sidecarset, metric) (baton_sidecarset_analysis_measurements{outcome="${outcome}"})` +
    ` and on (sidecarset, metric) (max by (sidecarset, metric) (baton_sidecarset_analysis_verdict{verdict="${verdict}"}) == 1)`
  )
}

/** Analyses that cannot say whether a revision is good. */
export const analysisAlerts: AlertGroup = {
  name: 'baton-analysis',
  alerts: [
    {
      name: 'BatonAnalysisProviderAway',
      severity: 'warning',
      expr: measurements('Error', 'ProviderAway'),
      for: '5m',
      summary: `The Prometheus that judges ${SUBJECT} does not answer.`,
      description:
        '{{ $value }} queries for metric {{ $labels.metric }} got no answer that could be read; the rollout waits meanwhile.',
      fires: {
        when: 'six queries in a row got no answer',
        series: {
          [`baton_sidecarset_analysis_verdict{${OF_METRIC},verdict="ProviderAway"}`]: '0 1x10',
          [`baton_sidecarset_analysis_measurements{${OF_METRIC},outcome="Error"}`]: '4 6x10',
        },
        at: '8m',
        told: [
          {
            labels: told,
            summary: 'The Prometheus that judges SidecarSet mesh does not answer.',
            description:
              '6 queries for metric errors got no answer that could be read; the rollout waits meanwhile.',
          },
        ],
      },
      silent: {
        when: 'it answers again',
        series: {
          [`baton_sidecarset_analysis_verdict{${OF_METRIC},verdict="ProviderAway"}`]: '1x3 0x7',
          [`baton_sidecarset_analysis_measurements{${OF_METRIC},outcome="Error"}`]: '6x10',
        },
        at: '8m',
      },
    },
    {
      name: 'BatonAnalysisNoData',
      severity: 'warning',
      expr: measurements('NoData', 'NoData'),
      for: '15m',
      summary: `There is nothing by which ${SUBJECT} can be judged.`,
      description:
        '{{ $value }} measurements of metric {{ $labels.metric }} had no data, which is neither good nor bad: the rollout waits.',
      fires: {
        when: 'nobody sends requests to the canary',
        series: {
          [`baton_sidecarset_analysis_verdict{${OF_METRIC},verdict="NoData"}`]: '1x30',
          [`baton_sidecarset_analysis_measurements{${OF_METRIC},outcome="NoData"}`]: '1+2x30',
        },
        at: '20m',
        told: [
          {
            labels: told,
            summary: 'There is nothing by which SidecarSet mesh can be judged.',
            description:
              '41 measurements of metric errors had no data, which is neither good nor bad: the rollout waits.',
          },
        ],
      },
      silent: {
        when: 'requests have begun to come',
        series: {
          [`baton_sidecarset_analysis_verdict{${OF_METRIC},verdict="NoData"}`]: '1x10 0x20',
          [`baton_sidecarset_analysis_measurements{${OF_METRIC},outcome="NoData"}`]: '20x30',
        },
        at: '20m',
      },
    },
    {
      name: 'BatonAnalysisInconclusive',
      severity: 'warning',
      expr:
        'max by (sidecarset) (baton_sidecarset_pods_idle{reason="Analysis"}) > 0' +
        ' and on (sidecarset) (max by (sidecarset) (baton_sidecarset_analysis_permission{permission="pause"}) == 1)',
      for: '5m',
      summary: `An analysis of ${SUBJECT} is not sure: people must decide.`,
      description: '{{ $value }} pods wait until somebody resumes or aborts the rollout.',
      fires: {
        when: 'nobody has decided',
        series: {
          'baton_sidecarset_pods_idle{sidecarset="mesh",reason="Analysis"}': '9x10',
          'baton_sidecarset_analysis_permission{sidecarset="mesh",permission="pause"}': '1x10',
        },
        at: '6m',
        told: [
          {
            labels: { sidecarset: 'mesh' },
            summary: 'An analysis of SidecarSet mesh is not sure: people must decide.',
            description: '9 pods wait until somebody resumes or aborts the rollout.',
          },
        ],
      },
      silent: {
        when: 'somebody resumed, and no pod waits',
        series: {
          'baton_sidecarset_pods_idle{sidecarset="mesh",reason="Analysis"}': '9x3 0x7',
          'baton_sidecarset_analysis_permission{sidecarset="mesh",permission="pause"}': '1x10',
        },
        at: '9m',
      },
    },
  ],
}
