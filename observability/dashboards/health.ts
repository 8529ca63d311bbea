import { JOBS } from '../jobs.ts'
import type { Dashboard } from './dashboard.ts'
import { quantiles } from './dashboard.ts'

const OPERATOR = `job="${JOBS.operator}"`
const WEBHOOK = `job="${JOBS.webhook}"`
const BOTH = `job=~"${JOBS.operator}|${JOBS.webhook}"`
const ALL = `job=~"${Object.values(JOBS).join('|')}"`

const rate = (by: string, metric: string, matchers: string): string =>
  `sum by (${by}) (rate(${metric}{${matchers}}[$__rate_interval]))`

export const health: Dashboard = {
  uid: 'baton-health',
  title: 'Baton: health',
  description: 'Operator, webhook and agents themselves.',
  variables: [],
  rows: [
    {
      title: 'All',
      panels: [
        {
          title: 'What answers',
          description: 'Replicas and agents that can be scraped.',
          kind: 'stat',
          queries: [{ expr: `sum by (job) (up{${ALL}})`, legend: '{{job}}' }],
        },
        {
          title: 'Who leads',
          description: '1 for the operator that leads: there must be exactly one.',
          queries: [
            {
              expr: `max by (pod) (leader_election_master_status{${OPERATOR},name="${JOBS.operator}"})`,
              legend: '{{pod}}',
            },
          ],
        },
        {
          title: 'Versions',
          description: 'Agents are as old as their pods.',
          kind: 'stat',
          queries: [
            {
              expr: `count by (component, version) (baton_build_info{${ALL}})`,
              legend: '{{component}} {{version}}',
            },
          ],
        },
        {
          title: 'Time until certificates expire',
          description: 'They are renewed when a third of their life is left.',
          unit: 's',
          queries: [
            {
              expr: `min by (job, certificate) (certificate_expiration_timestamp_seconds{${BOTH}} - time())`,
              legend: '{{job}} {{certificate}}',
            },
            {
              expr: `min by (job, certificate) (certificate_expiration_timestamp_seconds{${BOTH}} - certificate_renewal_timestamp_seconds{${BOTH}})`,
              legend: '{{job}} {{certificate}}: at renewal',
            },
          ],
        },
        {
          title: 'CPU',
          description: 'Seconds a second.',
          queries: [
            {
              expr: rate('job, pod', 'process_cpu_seconds_total', BOTH),
              legend: '{{job}} {{pod}}',
            },
          ],
        },
        {
          title: 'Resident memory',
          description: 'By replica.',
          unit: 'bytes',
          queries: [
            {
              expr: `max by (job, pod) (process_resident_memory_bytes{${BOTH}})`,
              legend: '{{job}} {{pod}}',
            },
          ],
        },
        {
          title: 'Delay of the event loop',
          description: 'A replica above some 100 ms has too much to do.',
          unit: 's',
          queries: [
            {
              expr: `max by (job, pod) (nodejs_eventloop_lag_p99_seconds{${BOTH}})`,
              legend: '{{job}} {{pod}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Operator',
      panels: [
        {
          title: 'Reconciles',
          description: 'requeue: another writer was faster, which is everyday life.',
          unit: 'ops',
          queries: [
            {
              expr: rate('controller, result', 'controller_runtime_reconcile_total', OPERATOR),
              legend: '{{controller}}: {{result}}',
            },
          ],
        },
        {
          title: 'Reconciles that fail',
          description: 'Should be 0. For good: no retry can mend it.',
          unit: 'ops',
          queries: [
            {
              expr: rate('controller', 'controller_runtime_reconcile_errors_total', OPERATOR),
              legend: '{{controller}}',
            },
            {
              expr: rate(
                'controller',
                'controller_runtime_terminal_reconcile_errors_total',
                OPERATOR,
              ),
              legend: '{{controller}}: for good',
            },
          ],
        },
        {
          title: 'Duration of a reconcile',
          description: 'Of all controllers.',
          unit: 's',
          queries: quantiles(`controller_runtime_reconcile_time_seconds_bucket{${OPERATOR}}`),
        },
        {
          title: 'Workers',
          description: 'At work now, and how many there are.',
          queries: [
            {
              expr: `sum by (controller) (controller_runtime_active_workers{${OPERATOR}})`,
              legend: '{{controller}}',
            },
            {
              expr: `max by (controller) (controller_runtime_max_concurrent_reconciles{${OPERATOR}})`,
              legend: '{{controller}}: of',
            },
          ],
        },
        {
          title: 'Queues',
          description: 'Keys that wait.',
          queries: [
            { expr: `sum by (name) (workqueue_depth{${OPERATOR}})`, legend: '{{name}}' },
            {
              expr: rate('name', 'workqueue_retries_total', OPERATOR),
              legend: '{{name}}: retries a second',
            },
          ],
        },
        {
          title: 'Longest work',
          description: 'One that grows hangs.',
          unit: 's',
          queries: [
            {
              expr: `max by (name) (workqueue_longest_running_processor_seconds{${OPERATOR}})`,
              legend: '{{name}}',
            },
          ],
        },
        {
          title: 'Answers of agents',
          description: 'Those of pods that start are silent for a moment.',
          unit: 'ops',
          queries: [
            {
              expr: rate('result', 'baton_operator_agent_requests_total', OPERATOR),
              legend: '{{result}}',
            },
          ],
        },
      ],
    },
    {
      title: 'API server, as operator and webhook see it',
      panels: [
        {
          title: 'Requests',
          description: '<error>: there was no answer. 409 is everyday life.',
          unit: 'ops',
          queries: [
            {
              expr: rate('job, method, code', 'rest_client_requests_total', BOTH),
              legend: '{{job}} {{method}} {{code}}',
            },
          ],
        },
        {
          title: 'Duration of a request',
          description: 'Of a watch, until it begins.',
          unit: 's',
          queries: quantiles(`rest_client_request_duration_seconds_bucket{${BOTH}}`),
        },
        {
          title: 'Time since the API server was heard',
          description: 'Bookmarks come every minute.',
          unit: 's',
          queries: [
            {
              expr: `max by (job, name) (reflector_last_event_age_seconds{${BOTH}})`,
              legend: '{{job}} {{name}}',
            },
          ],
        },
        {
          title: 'Objects in caches',
          description: 'In each replica.',
          queries: [
            {
              expr: `max by (job, name) (reflector_items{${BOTH}})`,
              legend: '{{job}} {{name}}',
            },
          ],
        },
        {
          title: 'Lists and watches begun',
          description: 'More than a list after the start means that history was lost.',
          queries: [
            { expr: rate('job', 'reflector_lists_total', BOTH), legend: '{{job}}: lists' },
            { expr: rate('job', 'reflector_watches_total', BOTH), legend: '{{job}}: watches' },
          ],
        },
      ],
    },
    {
      title: 'Webhook',
      panels: [
        {
          title: 'Requests',
          description: 'By path and status; a refusal with a reason is a 200.',
          unit: 'ops',
          queries: [
            {
              expr: rate('webhook, code', 'controller_runtime_webhook_requests_total', WEBHOOK),
              legend: '{{webhook}}: {{code}}',
            },
          ],
        },
        {
          title: 'Time to answer',
          description: 'Of all paths. The API server waits 10 s.',
          unit: 's',
          queries: quantiles(`controller_runtime_webhook_latency_seconds_bucket{${WEBHOOK}}`),
        },
        {
          title: 'Requests that are being answered',
          description: 'By path.',
          queries: [
            {
              expr: `sum by (webhook) (controller_runtime_webhook_requests_in_flight{${WEBHOOK}})`,
              legend: '{{webhook}}',
            },
          ],
        },
        {
          title: 'Refusals',
          description: 'Objects that were refused with a reason: their authors must change them.',
          queries: [
            {
              expr: `sum by (webhook) (increase(admission_webhook_refusals_total{${WEBHOOK}}[$__rate_interval]))`,
              legend: '{{webhook}}',
            },
          ],
        },
        {
          title: 'Injections',
          description: 'Sets injected into pods, and those that were not, by reason.',
          queries: [
            {
              expr: `sum(increase(baton_injections_total{${WEBHOOK}}[$__rate_interval]))`,
              legend: 'injected',
            },
            {
              expr: `sum by (reason) (increase(baton_injections_skipped_total{${WEBHOOK}}[$__rate_interval]))`,
              legend: '{{reason}}',
            },
          ],
        },
      ],
    },
  ],
}
