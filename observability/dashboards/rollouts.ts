import { JOBS } from '../jobs.ts'
import type { Dashboard } from './dashboard.ts'
import { quantiles } from './dashboard.ts'

const OF_SET = 'sidecarset=~"$sidecarset"'
const AGENTS = `job="${JOBS.agent}",namespace=~"$namespace"`

/** Counters of a set start at 0 with each operator that leads, so they are shown as they grow. */
const grown = (by: string, metric: string, matchers: string): string =>
  `sum by (${by}) (increase(${metric}{${matchers}}[$__rate_interval]))`

export const rollouts: Dashboard = {
  uid: 'baton-rollouts',
  title: 'Baton: rollouts and handovers',
  description: 'How far rollouts are, what holds them up, and what their handovers cost clients.',
  variables: [
    { name: 'sidecarset', metric: 'baton_sidecarset_pods', label: 'sidecarset' },
    { name: 'namespace', metric: 'baton_agent_phase', label: 'namespace' },
  ],
  rows: [
    {
      title: 'Rollouts',
      panels: [
        {
          title: 'Pods by state',
          description: 'A pod can be in several. In a rollout, updated grows to matched.',
          queries: [
            {
              expr: `sum by (state) (max by (sidecarset, state) (baton_sidecarset_pods{${OF_SET}}))`,
              legend: '{{state}}',
            },
          ],
        },
        {
          title: 'Pods with which nothing is done, by reason',
          description: 'Each is in one: why a rollout waits. UpToDate is what all come to.',
          queries: [
            {
              expr: `sum by (reason) (max by (sidecarset, reason) (baton_sidecarset_pods_idle{${OF_SET}}))`,
              legend: '{{reason}}',
            },
          ],
        },
        {
          title: 'Step of the canary',
          description: '0 when there is none, or when the steps are behind.',
          queries: [
            {
              expr: `max by (sidecarset) (baton_sidecarset_rollout_step{${OF_SET}})`,
              legend: '{{sidecarset}}: step',
            },
            {
              expr: `max by (sidecarset) (baton_sidecarset_rollout_steps{${OF_SET}})`,
              legend: '{{sidecarset}}: of',
            },
          ],
        },
        {
          title: 'Time left until a deadline',
          description:
            'Until something must go on, and until somebody must resume; 0 when neither is waited for, below 0 when it is late.',
          unit: 's',
          queries: [
            {
              expr:
                `max by (sidecarset) ((baton_sidecarset_rollout_deadline_timestamp_seconds{${OF_SET}} - time())` +
                ` * (baton_sidecarset_rollout_deadline_timestamp_seconds{${OF_SET}} > bool 0))`,
              legend: '{{sidecarset}}: progress',
            },
            {
              expr:
                `max by (sidecarset) ((baton_sidecarset_rollout_pause_deadline_timestamp_seconds{${OF_SET}} - time())` +
                ` * (baton_sidecarset_rollout_pause_deadline_timestamp_seconds{${OF_SET}} > bool 0))`,
              legend: '{{sidecarset}}: pause',
            },
          ],
        },
        {
          title: 'Revisions that failed',
          description: '1 when the revision of the spec is not tried again, or pods went back.',
          queries: [
            {
              expr: `max by (sidecarset) (baton_sidecarset_rollout_stopped{${OF_SET}})`,
              legend: '{{sidecarset}}: stopped',
            },
            {
              expr: `max by (sidecarset) (baton_sidecarset_rollout_rollback{${OF_SET}})`,
              legend: '{{sidecarset}}: rolled back',
            },
          ],
        },
        {
          title: 'Commands',
          description: 'Resume, promote, abort and retry, by what came of them.',
          queries: [
            {
              expr: grown('outcome', 'baton_sidecarset_commands_total', OF_SET),
              legend: '{{outcome}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Handovers',
      panels: [
        {
          title: 'Upgrades of pods that ended',
          description: 'By result, as the operator records them.',
          queries: [
            {
              expr: grown('result', 'baton_sidecarset_handovers_total', OF_SET),
              legend: '{{result}}',
            },
          ],
        },
        {
          title: 'Upgrades that were given up',
          description: 'By reason; the old version served on.',
          queries: [
            {
              expr: grown('reason', 'baton_sidecarset_failures_total', OF_SET),
              legend: '{{reason}}',
            },
          ],
        },
        {
          title: 'Duration of an upgrade',
          description: 'From the first write on a pod until its result.',
          unit: 's',
          queries: quantiles(`baton_sidecarset_upgrade_duration_seconds_bucket{${OF_SET}}`),
        },
        {
          title: 'Duration of a handover',
          description: 'From its start until it settled, or until the drain timer was over.',
          unit: 's',
          queries: quantiles(`baton_sidecarset_handover_duration_seconds_bucket{${OF_SET}}`),
        },
        {
          title: 'Connections of old versions',
          description: 'Those that ended by themselves, and those that were cut: that should be 0.',
          queries: [
            {
              expr: grown('sidecarset', 'baton_sidecarset_connections_drained_total', OF_SET),
              legend: '{{sidecarset}}: drained',
            },
            {
              expr: grown('sidecarset', 'baton_sidecarset_connections_cut_total', OF_SET),
              legend: '{{sidecarset}}: cut',
            },
          ],
        },
      ],
    },
    {
      title: 'Pods, by their agents',
      panels: [
        {
          title: 'Connections that drain now',
          description: 'What old versions still have.',
          queries: [
            {
              expr: `sum by (namespace) (baton_agent_connections_draining{${AGENTS}})`,
              legend: '{{namespace}}',
            },
          ],
        },
        {
          title: 'Phase of the present or last handover',
          description: 'Containers in each phase.',
          queries: [{ expr: `sum by (phase) (baton_agent_phase{${AGENTS}})`, legend: '{{phase}}' }],
        },
        {
          title: 'Handovers that ended',
          description: 'FailedOver: a proxy died, and the other slot took over.',
          queries: [
            { expr: grown('result', 'baton_agent_handovers_total', AGENTS), legend: '{{result}}' },
          ],
        },
        {
          title: 'Duration of a handover with its drain',
          description: 'As agents time it, until the last connection has gone.',
          unit: 's',
          queries: quantiles(`baton_agent_handover_duration_seconds_bucket{${AGENTS}}`),
        },
        {
          title: 'Connections cut, by reason',
          description: 'In upgrades and otherwise.',
          queries: [
            {
              expr: grown('reason', 'baton_agent_connections_cut_total', AGENTS),
              legend: '{{reason}}',
            },
          ],
        },
        {
          title: 'Connections drained, by protocol',
          description: 'They ended by themselves.',
          queries: [
            {
              expr: grown('protocol', 'baton_agent_connections_drained_total', AGENTS),
              legend: '{{protocol}}',
            },
          ],
        },
        {
          title: 'Slots',
          description:
            'Those that serve, and those in which a process runs: more while they drain.',
          queries: [
            { expr: `sum(baton_agent_active_slot{${AGENTS}})`, legend: 'serving' },
            { expr: `sum(baton_agent_slot_running{${AGENTS}})`, legend: 'running' },
          ],
        },
        {
          title: 'Agents that something stands in the way of',
          description: 'Listeners that nobody accepts from, and agents that cannot write.',
          queries: [
            { expr: `sum(baton_agent_stuck_queues{${AGENTS}})`, legend: 'listeners' },
            { expr: `sum(baton_agent_state_unwritable{${AGENTS}})`, legend: 'agents' },
          ],
        },
      ],
    },
    {
      title: 'Analyses',
      panels: [
        {
          title: 'Value and threshold',
          description: 'What was measured last, and what it was held against.',
          queries: [
            {
              expr: `max by (sidecarset, scope, metric) (baton_sidecarset_analysis_value{${OF_SET}})`,
              legend: '{{sidecarset}} {{scope}} {{metric}}',
            },
            {
              expr: `max by (sidecarset, scope, metric) (baton_sidecarset_analysis_threshold{${OF_SET}})`,
              legend: '{{sidecarset}} {{scope}} {{metric}}: threshold',
            },
          ],
        },
        {
          title: 'What the handovers of the rollout cost',
          description: 'As the budget counts it: above it the revision fails. 0 without a rollout.',
          queries: [
            {
              expr: `sum by (cost) (max by (sidecarset, cost) (baton_sidecarset_rollout_costs{${OF_SET}}))`,
              legend: '{{cost}}',
            },
          ],
        },
        {
          title: 'Longest handover of the rollout',
          description: 'It has its place in the budget too.',
          unit: 's',
          queries: [
            {
              expr: `max by (sidecarset) (baton_sidecarset_rollout_longest_handover_seconds{${OF_SET}})`,
              legend: '{{sidecarset}}',
            },
          ],
        },
        {
          title: 'Measurements by outcome',
          description: 'Of analyses that go on.',
          queries: [
            {
              expr: `sum by (metric, outcome) (max by (sidecarset, scope, metric, outcome) (baton_sidecarset_analysis_measurements{${OF_SET}}))`,
              legend: '{{metric}}: {{outcome}}',
            },
          ],
        },
        {
          title: 'Verdicts',
          description: 'Metrics that have come to each.',
          queries: [
            {
              expr: `sum by (verdict) (max by (sidecarset, scope, metric, verdict) (baton_sidecarset_analysis_verdict{${OF_SET}}))`,
              legend: '{{verdict}}',
            },
          ],
        },
        {
          title: 'What analyses let rollouts do',
          description: 'Sets for which each holds: proceed, hold, wait, pause, abort.',
          queries: [
            {
              expr: `sum by (permission) (max by (sidecarset, permission) (baton_sidecarset_analysis_permission{${OF_SET}}))`,
              legend: '{{permission}}',
            },
          ],
        },
      ],
    },
  ],
}
