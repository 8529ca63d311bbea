import type { AlertGroup } from './alert.ts'

const OF_SHOP = 'namespace="shop",trafficinterception="web"'
const told = { namespace: 'shop', trafficinterception: 'web' }

/** Traffic that does not go where it was told to go. */
export const interceptionAlerts: AlertGroup = {
  name: 'baton-interception',
  alerts: [
    {
      name: 'BatonInterceptionFailed',
      severity: 'warning',
      expr: 'max by (namespace, trafficinterception) (baton_interception_pods{state="failed"}) > 0',
      for: '1m',
      summary:
        'TrafficInterception {{ $labels.namespace }}/{{ $labels.trafficinterception }} failed.',
      description:
        'Pods that could not be switched: {{ $value }}. They are as they were, and no other is begun.',
      fires: {
        when: 'a hook failed in one pod',
        series: { [`baton_interception_pods{${OF_SHOP},state="failed"}`]: '0 1x10' },
        at: '5m',
        told: [
          {
            labels: told,
            summary: 'TrafficInterception shop/web failed.',
            description:
              'Pods that could not be switched: 1. They are as they were, and no other is begun.',
          },
        ],
      },
      silent: {
        when: 'pods are switching',
        series: {
          [`baton_interception_pods{${OF_SHOP},state="failed"}`]: '0x10',
          [`baton_interception_pods{${OF_SHOP},state="switching"}`]: '3x10',
        },
        at: '5m',
      },
    },
    {
      name: 'BatonInterceptionBypassed',
      severity: 'warning',
      expr: 'max by (namespace, trafficinterception) (baton_interception_pods{state="bypassed"}) > 0',
      for: '2m',
      summary:
        'Pods of {{ $labels.namespace }}/{{ $labels.trafficinterception }} go on without their proxy.',
      description:
        'Pods whose proxy does not serve: {{ $value }}. Their traffic goes directly until it does again.',
      fires: {
        when: 'two proxies hang',
        series: { [`baton_interception_pods{${OF_SHOP},state="bypassed"}`]: '2x10' },
        at: '5m',
        told: [
          {
            labels: told,
            summary: 'Pods of shop/web go on without their proxy.',
            description:
              'Pods whose proxy does not serve: 2. Their traffic goes directly until it does again.',
          },
        ],
      },
      silent: {
        when: 'a proxy was away for a moment',
        series: { [`baton_interception_pods{${OF_SHOP},state="bypassed"}`]: '0 1 0x10' },
        at: '5m',
      },
    },
  ],
}
