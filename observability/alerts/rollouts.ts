import type { AlertGroup } from './alert.ts'
import { SUBJECT } from './subject.ts'

const set = { sidecarset: 'mesh' }
const OF_SET = 'sidecarset="mesh",pod="baton-operator-1"'

/** Rollouts that stand, failed, or cost somebody something. */
export const rolloutAlerts: AlertGroup = {
  name: 'baton-rollouts',
  alerts: [
    {
      name: 'BatonRolloutStuck',
      severity: 'warning',
      expr: 'time() - (max by (sidecarset) (baton_sidecarset_rollout_deadline_timestamp_seconds) > 0) > 0',
      for: '1m',
      summary: `The rollout of ${SUBJECT} does not go on.`,
      description:
        'Nothing has gone on since updateStrategy.progressDeadlineSeconds was over, {{ $value | humanizeDuration }} ago.',
      fires: {
        when: 'the deadline was over five minutes ago',
        series: {
          [`baton_sidecarset_rollout_deadline_timestamp_seconds{${OF_SET}}`]: '600x20',
        },
        at: '15m',
        told: [
          {
            labels: set,
            summary: 'The rollout of SidecarSet mesh does not go on.',
            description:
              'Nothing has gone on since updateStrategy.progressDeadlineSeconds was over, 5m 0s ago.',
          },
        ],
      },
      silent: {
        when: 'no deadline runs, or it moves on with the pods',
        series: {
          [`baton_sidecarset_rollout_deadline_timestamp_seconds{${OF_SET}}`]: '0x20',
          'baton_sidecarset_rollout_deadline_timestamp_seconds{sidecarset="busy"}': '600+60x20',
        },
        at: '15m',
      },
    },
    {
      name: 'BatonRolloutStopped',
      severity: 'warning',
      expr:
        'max by (sidecarset) (baton_sidecarset_pods{state="updated"})' +
        ' and on (sidecarset) (max by (sidecarset) (baton_sidecarset_rollout_stopped) == 1)',
      summary: `The revision that ${SUBJECT} asks for has failed.`,
      description:
        'It is not tried again until the template changes or somebody retries. Pods that have it all the same: {{ $value }}.',
      fires: {
        when: 'one pod failed and the others went back',
        series: {
          [`baton_sidecarset_rollout_stopped{${OF_SET}}`]: '0x4 1x5',
          [`baton_sidecarset_pods{${OF_SET},state="updated"}`]: '4x4 0x5',
        },
        at: '9m',
        told: [
          {
            labels: set,
            summary: 'The revision that SidecarSet mesh asks for has failed.',
            description:
              'It is not tried again until the template changes or somebody retries. Pods that have it all the same: 0.',
          },
        ],
      },
      silent: {
        when: 'it was retried and goes on',
        series: {
          [`baton_sidecarset_rollout_stopped{${OF_SET}}`]: '1x4 0x5',
          [`baton_sidecarset_pods{${OF_SET},state="updated"}`]: '0x4 4x5',
        },
        at: '9m',
      },
    },
    {
      name: 'BatonHandoversFailed',
      severity: 'warning',
      expr: 'sum by (sidecarset) (increase(baton_sidecarset_handovers_total{result="failed"}[15m])) > 0',
      summary: `Upgrades of pods of ${SUBJECT} fail.`,
      description: '{{ $value | printf "%.0f" }} in the last 15 minutes.',
      fires: {
        when: 'three fail in ten minutes',
        series: {
          [`baton_sidecarset_handovers_total{${OF_SET},result="failed"}`]: '0 0 1 1 2 2 3x20',
          [`baton_sidecarset_handovers_total{${OF_SET},result="settled"}`]: '0+1x20',
        },
        at: '15m',
        told: [
          {
            labels: set,
            summary: 'Upgrades of pods of SidecarSet mesh fail.',
            description: '3 in the last 15 minutes.',
          },
        ],
      },
      silent: {
        when: 'they settle, whatever failed long ago',
        series: {
          [`baton_sidecarset_handovers_total{${OF_SET},result="failed"}`]: '3x40',
          [`baton_sidecarset_handovers_total{${OF_SET},result="settled"}`]: '0+1x40',
        },
        at: '30m',
      },
    },
    {
      name: 'BatonConnectionsCut',
      severity: 'warning',
      expr: 'sum by (sidecarset) (increase(baton_sidecarset_connections_cut_total[15m])) > 0',
      summary: `Upgrades of ${SUBJECT} cut connections of clients.`,
      description: '{{ $value | printf "%.0f" }} connections in the last 15 minutes.',
      fires: {
        when: 'a drain ended with seven connections left',
        series: { [`baton_sidecarset_connections_cut_total{${OF_SET}}`]: '0x10 7x20' },
        at: '15m',
        told: [
          {
            labels: set,
            summary: 'Upgrades of SidecarSet mesh cut connections of clients.',
            description: '7 connections in the last 15 minutes.',
          },
        ],
      },
      silent: {
        when: 'another operator has begun to count anew',
        series: {
          [`baton_sidecarset_connections_cut_total{${OF_SET}}`]: '7x25',
          'baton_sidecarset_connections_cut_total{sidecarset="mesh",pod="baton-operator-2"}':
            '_x26 0x10',
        },
        at: '30m',
      },
    },
    {
      name: 'BatonImagePullFailed',
      severity: 'warning',
      expr: 'max by (sidecarset) (baton_sidecarset_pods_idle{reason="ImagePullFailed"}) > 0',
      for: '5m',
      summary: `An image of ${SUBJECT} cannot be pulled.`,
      description: 'Pods that wait for it and are not touched: {{ $value }}.',
      fires: {
        when: 'twelve pods wait',
        series: { [`baton_sidecarset_pods_idle{${OF_SET},reason="ImagePullFailed"}`]: '12x20' },
        at: '6m',
        told: [
          {
            labels: set,
            summary: 'An image of SidecarSet mesh cannot be pulled.',
            description: 'Pods that wait for it and are not touched: 12.',
          },
        ],
      },
      silent: {
        when: 'it is being pulled',
        series: {
          [`baton_sidecarset_pods_idle{${OF_SET},reason="ImagePullFailed"}`]: '0x20',
          [`baton_sidecarset_pods_idle{${OF_SET},reason="ImagePulling"}`]: '12x20',
        },
        at: '6m',
      },
    },
    {
      name: 'BatonPodsNotWritable',
      severity: 'warning',
      // Each try takes a moment in which no pod waits for one.
      expr: 'max by (sidecarset) (max_over_time(baton_sidecarset_pods_idle{reason="WriteFailed"}[5m])) > 0',
      for: '5m',
      summary: `Pods of ${SUBJECT} cannot be written.`,
      description: 'Pods on which the API server refuses writes: {{ $value }}. The others go on.',
      fires: {
        when: 'two pods are refused again and again',
        series: {
          [`baton_sidecarset_pods_idle{${OF_SET},reason="WriteFailed"}`]: '2 2 0 2 2 0 2x20',
        },
        at: '10m',
        told: [
          {
            labels: set,
            summary: 'Pods of SidecarSet mesh cannot be written.',
            description: 'Pods on which the API server refuses writes: 2. The others go on.',
          },
        ],
      },
      silent: {
        when: 'one write was refused once',
        series: { [`baton_sidecarset_pods_idle{${OF_SET},reason="WriteFailed"}`]: '0 1 0x20' },
        at: '10m',
      },
    },
    {
      name: 'BatonPodsNotUpgradable',
      severity: 'info',
      expr: 'max by (sidecarset) (baton_sidecarset_pods_idle{reason="NotUpgradableInPlace"}) > 0',
      for: '1h',
      summary: `Pods of ${SUBJECT} can only be replaced.`,
      description:
        'Pods that keep an older revision until they are recreated, for more than images changed: {{ $value }}.',
      fires: {
        when: 'a variable was added and three pods are as they were',
        series: {
          [`baton_sidecarset_pods_idle{${OF_SET},reason="NotUpgradableInPlace"}`]: '0x5 3x80',
        },
        at: '70m',
        told: [
          {
            labels: set,
            summary: 'Pods of SidecarSet mesh can only be replaced.',
            description:
              'Pods that keep an older revision until they are recreated, for more than images changed: 3.',
          },
        ],
      },
      silent: {
        when: 'their Deployment was restarted',
        series: {
          [`baton_sidecarset_pods_idle{${OF_SET},reason="NotUpgradableInPlace"}`]: '3x40 0x40',
          [`baton_sidecarset_pods_idle{${OF_SET},reason="UpToDate"}`]: '0x40 3x40',
        },
        at: '70m',
      },
    },
    {
      name: 'BatonRolloutPausedTooLong',
      severity: 'warning',
      expr: 'time() - (max by (sidecarset) (baton_sidecarset_rollout_pause_deadline_timestamp_seconds) > 0) > 0',
      summary: `The canary of ${SUBJECT} waits for somebody.`,
      description:
        'A pause for people may take updateStrategy.canary.maxPauseSeconds, which was over {{ $value | humanizeDuration }} ago.',
      fires: {
        when: 'nobody has resumed, a set and a gateway',
        series: {
          [`baton_sidecarset_rollout_pause_deadline_timestamp_seconds{${OF_SET}}`]: '3600x80',
          'baton_sidecarset_rollout_pause_deadline_timestamp_seconds{sidecarset="gateway.shop.edge"}':
            '3600x80',
        },
        at: '75m',
        told: [
          {
            labels: { sidecarset: 'gateway.shop.edge' },
            summary: 'The canary of IngressGateway shop/edge waits for somebody.',
            description:
              'A pause for people may take updateStrategy.canary.maxPauseSeconds, which was over 15m 0s ago.',
          },
          {
            labels: set,
            summary: 'The canary of SidecarSet mesh waits for somebody.',
            description:
              'A pause for people may take updateStrategy.canary.maxPauseSeconds, which was over 15m 0s ago.',
          },
        ],
      },
      silent: {
        when: 'the pause may go on for a while',
        series: {
          [`baton_sidecarset_rollout_pause_deadline_timestamp_seconds{${OF_SET}}`]: '3600x80',
          'baton_sidecarset_rollout_pause_deadline_timestamp_seconds{sidecarset="calm"}': '0x80',
        },
        at: '50m',
      },
    },
  ],
}
