import { AGENT_CONTAINER, AGENT_PORT } from '../api/group.ts'
import { OPERATOR, PART_OF, WEBHOOK } from '../api/installation.ts'
import { JOBS } from './jobs.ts'

/** How Prometheus finds pods, with the labels `__meta_kubernetes_…` of its role `pod`. */
export type Discovery = Readonly<Record<string, readonly object[]>>

const OF_THE_CLUSTER: Discovery = { kubernetes_sd_configs: [{ role: 'pod' }] }

/**
 * `scrape_configs` for a Prometheus without its operator. They give the same labels as the monitors:
 * `job`, `namespace`, `pod`.
 */
export function scrapeConfigs(discovery = OF_THE_CLUSTER): readonly object[] {
  const component = (job: string, name: string) => ({
    job_name: job,
    // What they tell of other namespaces keeps its label.
    honor_labels: true,
    ...discovery,
    relabel_configs: [
      keep('__meta_kubernetes_pod_label_app_kubernetes_io_name', name),
      keep(
        '__meta_kubernetes_pod_label_app_kubernetes_io_part_of',
        PART_OF['app.kubernetes.io/part-of'],
      ),
      keep('__meta_kubernetes_pod_container_port_name', 'metrics'),
      ...NAMED,
    ],
  })
  return [
    component(JOBS.operator, OPERATOR),
    component(JOBS.webhook, WEBHOOK),
    {
      job_name: JOBS.agent,
      ...discovery,
      relabel_configs: [
        keep('__meta_kubernetes_pod_container_name', AGENT_CONTAINER),
        keep('__meta_kubernetes_pod_container_port_number', String(AGENT_PORT)),
        // Pods that have ended have an address no more.
        {
          source_labels: ['__meta_kubernetes_pod_phase'],
          regex: 'Pending|Running',
          action: 'keep',
        },
        ...NAMED,
      ],
    },
  ]
}

const NAMED = [
  { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
  { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
]

function keep(label: string, regex: string): object {
  return { source_labels: [label], regex, action: 'keep' }
}
