import { JOBS } from '../jobs.ts'
import type { AlertGroup } from './alert.ts'

const JOB = `job="${JOBS.operator}"`
const LEADS = `leader_election_master_status{${JOB},name="${JOBS.operator}"`
const BOTH = `job=~"${JOBS.operator}|${JOBS.webhook}"`

/** Baton's own health, but for what admission needs. */
export const operatorAlerts: AlertGroup = {
  name: 'baton-operator',
  alerts: [
    {
      name: 'BatonNoLeader',
      severity: 'critical',
      expr: `absent(${LEADS}} == 1)`,
      for: '2m',
      summary: 'No operator leads: nothing is rolled out, finished or taken back.',
      description:
        'No replica of the operator has held the Lease for more than 2 minutes, or none can be scraped. Pods serve on, new ones are injected.',
      fires: {
        when: 'both replicas wait for the lease',
        series: { [`${LEADS},pod="a"}`]: '1x5 0x10', [`${LEADS},pod="b"}`]: '0x15' },
        at: '10m',
        told: [
          {
            labels: {},
            summary: 'No operator leads: nothing is rolled out, finished or taken back.',
            description:
              'No replica of the operator has held the Lease for more than 2 minutes, or none can be scraped. Pods serve on, new ones are injected.',
          },
        ],
      },
      silent: {
        when: 'another replica took over, and another product has no leader',
        series: {
          [`${LEADS},pod="a"}`]: '1x5 0x10',
          [`${LEADS},pod="b"}`]: '0x5 1x10',
          'leader_election_master_status{job="other",name="other"}': '0x15',
        },
        at: '10m',
      },
    },
    {
      name: 'BatonReconcilesFail',
      severity: 'warning',
      expr: `sum by (controller) (rate(controller_runtime_reconcile_errors_total{${JOB}}[10m])) * 60 > 0`,
      for: '15m',
      summary: 'The controller {{ $labels.controller }} of the operator fails again and again.',
      description:
        '{{ $value | humanize }} times a minute; the condition of the object says with what.',
      fires: {
        when: 'every minute for half an hour',
        series: {
          [`controller_runtime_reconcile_errors_total{${JOB},controller="sidecarset"}`]: '0+2x40',
        },
        at: '30m',
        told: [
          {
            labels: { controller: 'sidecarset' },
            summary: 'The controller sidecarset of the operator fails again and again.',
            description: '2 times a minute; the condition of the object says with what.',
          },
        ],
      },
      silent: {
        when: 'conflicts, which are everyday life, and one failure',
        series: {
          [`controller_runtime_reconcile_errors_total{${JOB},controller="sidecarset"}`]: '0x5 1x40',
          [`controller_runtime_reconcile_total{${JOB},controller="sidecarset",result="requeue"}`]:
            '0+9x40',
        },
        at: '30m',
      },
    },
    {
      name: 'BatonCacheStale',
      severity: 'warning',
      expr: `max by (job, name) (reflector_last_event_age_seconds{${BOTH}}) > 600`,
      for: '5m',
      summary: '{{ $labels.job }} does not hear of changes of {{ $labels.name }}.',
      description:
        'The API server has not been heard of for {{ $value | humanizeDuration }}; it usually is every minute.',
      fires: {
        when: 'a watch is dead and cannot be renewed',
        series: { [`reflector_last_event_age_seconds{${JOB},name="pods"}`]: '0+60x30' },
        at: '20m',
        told: [
          {
            labels: { job: 'baton-operator', name: 'pods' },
            summary: 'baton-operator does not hear of changes of pods.',
            description:
              'The API server has not been heard of for 20m 0s; it usually is every minute.',
          },
        ],
      },
      silent: {
        when: 'nothing changes and bookmarks come',
        series: { [`reflector_last_event_age_seconds{${JOB},name="pods"}`]: '0 60 55 3x30' },
        at: '20m',
      },
    },
    {
      name: 'BatonVersionsDiffer',
      severity: 'info',
      expr: `count(count by (version) (baton_build_info{${BOTH}})) > 1`,
      for: '1h',
      summary: 'Operators and webhooks of several versions run.',
      description: '{{ $value }} versions have run beside each other for more than an hour.',
      fires: {
        when: 'an upgrade did not come to its end',
        series: {
          [`baton_build_info{${JOB},component="baton-operator",version="v0.2.0"}`]: '1x100',
          [`baton_build_info{job="${JOBS.webhook}",component="baton-webhook",version="v0.1.0"}`]:
            '1x100',
        },
        at: '70m',
        told: [
          {
            labels: {},
            summary: 'Operators and webhooks of several versions run.',
            description: '2 versions have run beside each other for more than an hour.',
          },
        ],
      },
      silent: {
        when: 'only agents are older: they live as long as their pods',
        series: {
          [`baton_build_info{${JOB},component="baton-operator",version="v0.2.0"}`]: '1x100',
          [`baton_build_info{job="${JOBS.agent}",component="baton-agent",version="v0.1.0"}`]:
            '1x100',
        },
        at: '70m',
      },
    },
    {
      name: 'BatonCertificateExpiry',
      severity: 'critical',
      // Half of the time between renewal and expiry, however long certificates live.
      expr:
        `min by (job, certificate) (certificate_expiration_timestamp_seconds{${BOTH}} - time()) < ` +
        `min by (job, certificate) (certificate_expiration_timestamp_seconds{${BOTH}} - certificate_renewal_timestamp_seconds{${BOTH}}) / 2`,
      for: '5m',
      summary: 'The certificate {{ $labels.certificate }} of {{ $labels.job }} is not renewed.',
      description:
        'It expires in {{ $value | humanizeDuration }}, and should have been renewed long since. Then pods that a set selects cannot be created.',
      fires: {
        when: 'a quarter of an hour of two is left',
        series: {
          [`certificate_expiration_timestamp_seconds{job="${JOBS.webhook}",certificate="serving"}`]:
            '7200x120',
          [`certificate_renewal_timestamp_seconds{job="${JOBS.webhook}",certificate="serving"}`]:
            '4800x120',
        },
        at: '107m',
        told: [
          {
            labels: { job: 'baton-webhook', certificate: 'serving' },
            summary: 'The certificate serving of baton-webhook is not renewed.',
            description:
              'It expires in 13m 0s, and should have been renewed long since. Then pods that a set selects cannot be created.',
          },
        ],
      },
      silent: {
        when: 'it is about to be renewed',
        series: {
          [`certificate_expiration_timestamp_seconds{job="${JOBS.webhook}",certificate="serving"}`]:
            '7200x120',
          [`certificate_renewal_timestamp_seconds{job="${JOBS.webhook}",certificate="serving"}`]:
            '4800x120',
        },
        at: '85m',
      },
    },
  ],
}
