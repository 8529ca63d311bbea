import { JOBS } from '../jobs.ts'
import type { AlertGroup } from './alert.ts'

const JOB = `job="${JOBS.agent}"`
const OF_POD = `${JOB},namespace="shop",pod="web-1",container="proxy"`
const pod = { namespace: 'shop', pod: 'web-1' }

/** Deaths of proxies: those that people order, and those that end with their pod, are none. */
const BY_ACCIDENT = 'reason!~"MaxSeconds|Stopped|PodDeleted|SlotTerminating"'

/** What goes on in pods, as their agents tell it. */
export const agentAlerts: AlertGroup = {
  name: 'baton-agents',
  alerts: [
    {
      name: 'BatonAgentMissing',
      severity: 'warning',
      expr: `count by (namespace) (up{${JOB}} == 0)`,
      for: '5m',
      summary: 'Agents in namespace {{ $labels.namespace }} do not answer.',
      description:
        'Pods whose agent cannot be scraped: {{ $value }}. They serve on, and are not upgraded.',
      fires: {
        when: 'two of three are away',
        series: {
          [`up{${JOB},namespace="shop",pod="web-1"}`]: '0x10',
          [`up{${JOB},namespace="shop",pod="web-2"}`]: '0x10',
          [`up{${JOB},namespace="shop",pod="web-3"}`]: '1x10',
        },
        at: '6m',
        told: [
          {
            labels: { namespace: 'shop' },
            summary: 'Agents in namespace shop do not answer.',
            description:
              'Pods whose agent cannot be scraped: 2. They serve on, and are not upgraded.',
          },
        ],
      },
      silent: {
        when: 'something of another job is down, and a pod has just started',
        series: {
          'up{job="web",namespace="shop",pod="web-1"}': '0x10',
          [`up{${JOB},namespace="shop",pod="web-4"}`]: '0x2 1x8',
        },
        at: '8m',
      },
    },
    {
      name: 'BatonConnectionsWaiting',
      severity: 'critical',
      expr: `sum by (namespace, pod) (baton_agent_stuck_queues{${JOB}}) > 0`,
      for: '2m',
      summary:
        'Nobody accepts connections in pod {{ $labels.namespace }}/{{ $labels.pod }}: clients hang.',
      description: 'Listeners with connections that no process of the proxy accepts: {{ $value }}.',
      fires: {
        when: 'one listener is left alone',
        series: { [`baton_agent_stuck_queues{${OF_POD}}`]: '0 1x10' },
        at: '5m',
        told: [
          {
            labels: pod,
            summary: 'Nobody accepts connections in pod shop/web-1: clients hang.',
            description: 'Listeners with connections that no process of the proxy accepts: 1.',
          },
        ],
      },
      silent: {
        when: 'they waited for a proxy that started anew',
        series: { [`baton_agent_stuck_queues{${OF_POD}}`]: '0 1 0x10' },
        at: '5m',
      },
    },
    {
      name: 'BatonAgentBlocked',
      severity: 'warning',
      expr: `max by (namespace, pod) (baton_agent_state_unwritable{${JOB}}) == 1`,
      for: '5m',
      summary: 'The agent of pod {{ $labels.namespace }}/{{ $labels.pod }} begins nothing.',
      description:
        'It has not been able to write down how far a handover is for more than 5 minutes.',
      fires: {
        when: 'its volume is full',
        series: { [`baton_agent_state_unwritable{${OF_POD}}`]: '1x10' },
        at: '6m',
        told: [
          {
            labels: pod,
            summary: 'The agent of pod shop/web-1 begins nothing.',
            description:
              'It has not been able to write down how far a handover is for more than 5 minutes.',
          },
        ],
      },
      silent: {
        when: 'there was room again',
        series: { [`baton_agent_state_unwritable{${OF_POD}}`]: '1x3 0x7' },
        at: '6m',
      },
    },
    {
      name: 'BatonProxyDied',
      severity: 'warning',
      expr: `sum by (namespace, pod) (increase(baton_agent_handovers_total{${JOB},result="FailedOver"}[15m])) > 0`,
      summary: 'A proxy of pod {{ $labels.namespace }}/{{ $labels.pod }} died; another took over.',
      description: '{{ $value | printf "%.0f" }} times in the last 15 minutes.',
      fires: {
        when: 'two proxies died',
        series: { [`baton_agent_handovers_total{${OF_POD},result="FailedOver"}`]: '0x5 2x20' },
        at: '10m',
        told: [
          {
            labels: pod,
            summary: 'A proxy of pod shop/web-1 died; another took over.',
            description: '2 times in the last 15 minutes.',
          },
        ],
      },
      silent: {
        when: 'proxies were upgraded',
        series: {
          [`baton_agent_handovers_total{${OF_POD},result="FailedOver"}`]: '0x20',
          [`baton_agent_handovers_total{${OF_POD},result="Settled"}`]: '0x5 2x20',
        },
        at: '10m',
      },
    },
    {
      name: 'BatonConnectionsLost',
      severity: 'warning',
      expr: `sum by (namespace, reason) (increase(baton_agent_connections_cut_total{${JOB},${BY_ACCIDENT}}[15m])) > 0`,
      summary:
        'Clients of pods in namespace {{ $labels.namespace }} lost connections: {{ $labels.reason }}.',
      description: '{{ $value | printf "%.0f" }} connections in the last 15 minutes.',
      fires: {
        when: 'a proxy was killed',
        series: {
          [`baton_agent_connections_cut_total{${OF_POD},reason="ProxyKilled",protocol="http1"}`]:
            '0x5 9x20',
          [`baton_agent_connections_cut_total{${OF_POD},reason="ProxyKilled",protocol="tcp"}`]:
            '0x5 1x20',
        },
        at: '10m',
        told: [
          {
            labels: { namespace: 'shop', reason: 'ProxyKilled' },
            summary: 'Clients of pods in namespace shop lost connections: ProxyKilled.',
            description: '10 connections in the last 15 minutes.',
          },
        ],
      },
      silent: {
        when: 'pods were deleted, and a drain had its time',
        series: {
          [`baton_agent_connections_cut_total{${OF_POD},reason="PodDeleted",protocol="tcp"}`]:
            '0x5 9x20',
          [`baton_agent_connections_cut_total{${OF_POD},reason="MaxSeconds",protocol="tcp"}`]:
            '0x5 1x20',
        },
        at: '10m',
      },
    },
  ],
}
