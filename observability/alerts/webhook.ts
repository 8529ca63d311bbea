import { JOBS } from '../jobs.ts'
import type { AlertGroup } from './alert.ts'

const JOB = `job="${JOBS.webhook}"`
const INJECT = `${JOB},webhook="/inject"`

/** Reasons that nobody chose: the pod or the set has to be changed. */
const UNWANTED = [
  'PodLevelResources',
  'HostNetwork',
  'ContainerNameClash',
  'VolumeNameClash',
  'AgentPortInUse',
  'HostPortClash',
  'ResourcesNotComputable',
  'PreStopTooLong',
  'ResourceClaimMissing',
]

/** What the creation of pods depends on. */
export const webhookAlerts: AlertGroup = {
  name: 'baton-webhook',
  alerts: [
    {
      name: 'BatonWebhookDown',
      severity: 'critical',
      expr: `absent(up{${JOB}} == 1)`,
      for: '2m',
      summary: 'No webhook answers: pods that a set selects cannot be created.',
      description:
        'No replica of the webhook could be scraped for more than 2 minutes. With failurePolicy Ignore pods are created without sidecars.',
      fires: {
        when: 'both replicas are away',
        series: { [`up{${JOB},pod="a"}`]: '1x3 0x10', [`up{${JOB},pod="b"}`]: '1x3 stale' },
        at: '10m',
        told: [
          {
            labels: {},
            summary: 'No webhook answers: pods that a set selects cannot be created.',
            description:
              'No replica of the webhook could be scraped for more than 2 minutes. With failurePolicy Ignore pods are created without sidecars.',
          },
        ],
      },
      silent: {
        when: 'one replica is left',
        series: { [`up{${JOB},pod="a"}`]: '1x13', [`up{${JOB},pod="b"}`]: '1x3 0x10' },
        at: '10m',
      },
    },
    {
      name: 'BatonWebhookErrors',
      severity: 'critical',
      expr:
        `sum by (webhook) (rate(controller_runtime_webhook_requests_total{${JOB},code!="200"}[5m]))` +
        ` / sum by (webhook) (rate(controller_runtime_webhook_requests_total{${JOB}}[5m])) > 0.01`,
      for: '5m',
      summary: 'The webhook {{ $labels.webhook }} fails.',
      description:
        '{{ $value | humanizePercentage }} of the requests of the last 5 minutes; what was to be created was refused.',
      fires: {
        when: 'one request of ten fails',
        series: {
          [`controller_runtime_webhook_requests_total{${INJECT},code="200"}`]: '0+54x30',
          [`controller_runtime_webhook_requests_total{${INJECT},code="500"}`]: '0+6x30',
        },
        at: '15m',
        told: [
          {
            labels: { webhook: '/inject' },
            summary: 'The webhook /inject fails.',
            description:
              '10% of the requests of the last 5 minutes; what was to be created was refused.',
          },
        ],
      },
      silent: {
        when: 'there are no requests, or they are answered',
        series: {
          [`controller_runtime_webhook_requests_total{${INJECT},code="200"}`]: '0+54x30',
          [`controller_runtime_webhook_requests_total{${INJECT},code="500"}`]: '6x30',
          [`controller_runtime_webhook_requests_total{${JOB},webhook="/idle",code="500"}`]: '0x30',
        },
        at: '15m',
      },
    },
    {
      name: 'BatonWebhookSlow',
      severity: 'warning',
      expr: `histogram_quantile(0.99, sum by (webhook, le) (rate(controller_runtime_webhook_latency_seconds_bucket{${JOB}}[5m]))) > 1`,
      for: '10m',
      summary: 'The webhook {{ $labels.webhook }} is slow: pods are created late.',
      description:
        'One of a hundred requests of the last 5 minutes took {{ $value | humanizeDuration }} or more; the API server waits 10 s at most.',
      fires: {
        when: 'requests take up to five seconds',
        series: {
          [`controller_runtime_webhook_latency_seconds_bucket{${INJECT},le="2.5"}`]: '0+50x30',
          [`controller_runtime_webhook_latency_seconds_bucket{${INJECT},le="5"}`]: '0+100x30',
          [`controller_runtime_webhook_latency_seconds_bucket{${INJECT},le="+Inf"}`]: '0+100x30',
        },
        at: '20m',
        told: [
          {
            labels: { webhook: '/inject' },
            summary: 'The webhook /inject is slow: pods are created late.',
            description:
              'One of a hundred requests of the last 5 minutes took 4.95s or more; the API server waits 10 s at most.',
          },
        ],
      },
      silent: {
        when: 'they take milliseconds, or there are none',
        series: {
          [`controller_runtime_webhook_latency_seconds_bucket{${INJECT},le="0.01"}`]: '0+100x30',
          [`controller_runtime_webhook_latency_seconds_bucket{${INJECT},le="+Inf"}`]: '0+100x30',
          [`controller_runtime_webhook_latency_seconds_bucket{${JOB},webhook="/idle",le="5"}`]:
            '0x30',
          [`controller_runtime_webhook_latency_seconds_bucket{${JOB},webhook="/idle",le="+Inf"}`]:
            '0x30',
        },
        at: '20m',
      },
    },
    {
      name: 'BatonInjectionSkipped',
      severity: 'info',
      expr: `sum by (reason) (increase(baton_injections_skipped_total{${JOB},reason=~"${UNWANTED.join('|')}"}[1h])) > 0`,
      summary: 'Pods were created without sidecars: {{ $labels.reason }}.',
      description:
        '{{ $value | printf "%.0f" }} times in the last hour, though a set selects them.',
      fires: {
        when: 'two pods have a container of the same name',
        series: {
          [`baton_injections_skipped_total{${JOB},reason="ContainerNameClash"}`]: '0x10 2x60',
        },
        at: '60m',
        told: [
          {
            labels: { reason: 'ContainerNameClash' },
            summary: 'Pods were created without sidecars: ContainerNameClash.',
            description: '2 times in the last hour, though a set selects them.',
          },
        ],
      },
      silent: {
        when: 'pods opted out',
        series: {
          [`baton_injections_skipped_total{${JOB},reason="PodOptedOut"}`]: '0x10 2x60',
          [`baton_injections_skipped_total{${JOB},reason="ContainerNameClash"}`]: '0x70',
        },
        at: '60m',
      },
    },
  ],
}
