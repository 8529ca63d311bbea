import { AGENT_CONTAINER, AGENT_PORT } from '../api/group.ts'
import { OPERATOR, PART_OF, PORTS, WEBHOOK } from '../api/installation.ts'
import { alertGroups } from '../observability/alerts/index.ts'
import { dashboards } from '../observability/dashboards/index.ts'
import { dashboardFile, dashboardText } from '../observability/generate.ts'
import { JOBS } from '../observability/jobs.ts'
import { ruleGroups } from '../observability/rules.ts'
import type { Setting } from './expression.ts'
import { formatted } from './expression.ts'
import { labelsOf } from './names.ts'
import type { Settings } from './values.ts'

const MONITORING = 'monitoring.coreos.com/v1'
const ALL = 'baton'

/**
 * What a Prometheus of the Prometheus Operator scrapes, the alerts, and the dashboards. The metrics'
 * Services have no address: they only name the pods, those that are not ready too.
 */
export function monitoring(settings: Settings): readonly object[] {
  return [
    metricsService(OPERATOR, settings),
    metricsService(WEBHOOK, settings),
    serviceMonitor(settings),
    podMonitor(settings),
    prometheusRule(settings),
    ...dashboards.map((dashboard) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: named(
        `baton-dashboard-${dashboard.uid.replace(/^baton-/, '')}`,
        settings,
        settings.monitoring.dashboardLabels,
      ),
      data: { [dashboardFile(dashboard)]: dashboardText(dashboard) },
    })),
  ]
}

function named(
  name: string,
  { namespace, monitoring: { labels } }: Settings,
  own: Setting<object> = labels,
): object {
  return { name, namespace: namespace.name, labels: own }
}

function metricsService(component: string, { namespace }: Settings): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: `${component}-metrics`,
      namespace: namespace.name,
      labels: labelsOf(component),
    },
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: labelsOf(component),
      ports: [{ name: 'metrics', port: PORTS.metrics, targetPort: 'metrics', protocol: 'TCP' }],
    },
  }
}

function serviceMonitor(settings: Settings): object {
  return {
    apiVersion: MONITORING,
    kind: 'ServiceMonitor',
    metadata: named(ALL, settings),
    spec: {
      jobLabel: 'app.kubernetes.io/name',
      selector: { matchLabels: PART_OF },
      endpoints: [
        {
          port: 'metrics',
          interval: settings.monitoring.interval,
          // What they tell of objects in other namespaces keeps its label.
          honorLabels: true,
        },
      ],
    },
  }
}

/** Agents tell of nobody else, so their word on namespace and pod is not taken. */
function podMonitor(settings: Settings): object {
  return {
    apiVersion: MONITORING,
    kind: 'PodMonitor',
    metadata: named(AGENT_CONTAINER, settings),
    spec: {
      namespaceSelector: { any: true },
      selector: {},
      podMetricsEndpoints: [
        {
          port: 'baton',
          interval: settings.monitoring.interval,
          relabelings: [
            keep('__meta_kubernetes_pod_container_name', AGENT_CONTAINER),
            keep('__meta_kubernetes_pod_container_port_number', String(AGENT_PORT)),
            { targetLabel: 'job', replacement: JOBS.agent },
            // Would be the agent's; in its metrics it is the sidecar that they are about.
            { action: 'labeldrop', regex: 'container' },
          ],
        },
      ],
    },
  }
}

function keep(label: string, regex: string): object {
  return { action: 'keep', sourceLabels: [label], regex }
}

function prometheusRule(settings: Settings): object {
  const { runbooks } = settings.monitoring
  const url = (page: string): Setting<string> => formatted(`%s/${page}`, runbooks)
  return {
    apiVersion: MONITORING,
    kind: 'PrometheusRule',
    metadata: named(ALL, settings),
    spec: ruleGroups(alertGroups, url),
  }
}
