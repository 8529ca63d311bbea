import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { GENERATED_FOLDER, RULES_FILE } from '../../observability/generate.ts'
import { scrapeConfigs } from '../../observability/scrapeConfigs.ts'
import { emptyPanels } from '../../observability/testing/emptyPanels.ts'
import { prometheusApi } from '../../observability/testing/prometheusApi.ts'
import type { Firing } from '../../observability/testing/prometheusApi.ts'
import { startPrometheus } from '../../operator/testing/prometheus.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { Environment } from '../environment/environment.ts'
import { waitFor } from '../environment/wait.ts'

/** A Prometheus of this machine that watches over the cluster as users' would. */
export interface Monitoring {
  /** Where pods find it. */
  readonly address: string
  /** Resolves when every panel of a dashboard has something to show of the time since it started. */
  everyPanel(uid: string): Promise<void>
  /** Rules that it cannot evaluate. */
  brokenRules(): Promise<readonly string[]>
  /** Alerts that fire. */
  firing(): Promise<readonly Firing[]>
  stop(): Promise<void>
}

const SCRAPE_MS = 1_000
/** Long, so that a scrape that comes late does not hide what was counted. */
const RATE_INTERVAL = '1m'

/**
 * Starts it with the scrape configuration and the rules as they are shipped. Debian's Prometheus
 * cannot ask Kubernetes for pods, so it is told of them over HTTP, by the names that it would give.
 */
export async function startMonitoring({
  client,
  cluster,
}: Pick<Environment, 'client' | 'cluster'>): Promise<Monitoring> {
  const discovery = createServer((_request, response) => {
    void client
      .resource(PODS)
      .list()
      .then(({ items }) => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(items.flatMap(targetsOf)))
      })
      .catch((error: unknown) => {
        response.statusCode = 500
        response.end(String(error))
      })
  })
  await new Promise<void>((resolve) => discovery.listen(0, '127.0.0.1', resolve))
  const { port } = discovery.address() as AddressInfo
  const http = { url: `http://127.0.0.1:${port}`, refresh_interval: '1s' }
  const since = Date.now() / 1000
  const prometheus = await startPrometheus({
    host: cluster.hostAddress,
    scrapeMs: SCRAPE_MS,
    ruleFiles: [join(GENERATED_FOLDER, RULES_FILE)],
    scrapeConfigs: scrapeConfigs({ http_sd_configs: [http] }),
  })
  const api = prometheusApi(prometheus.address)
  return {
    address: prometheus.address,
    brokenRules: async () => (await api.rules()).broken,
    firing: async () => (await api.alerts()).filter(({ state }) => state === 'firing'),
    everyPanel: async (uid) => {
      let empty: readonly string[] = []
      await waitFor(
        `something in every panel of ${uid}`,
        40_000,
        async () => {
          empty = await emptyPanels(api, { uids: [uid], rateInterval: RATE_INTERVAL, since })
          return empty.length === 0 ? true : undefined
        },
        () => `nothing in ${empty.join('; ')}`,
        1_000,
      )
    },
    stop: async () => {
      await prometheus.stop()
      discovery.closeAllConnections()
      await new Promise((resolve) => discovery.close(resolve))
    },
  }
}

/** Prometheus' role `pod`: a target for each port that a container declares. */
function targetsOf({ metadata, spec, status }: Pod): readonly object[] {
  const { podIP } = status ?? {}
  if (podIP === undefined) return []
  const labels = Object.fromEntries(
    Object.entries(metadata.labels ?? {}).map(([name, value]) => [
      `__meta_kubernetes_pod_label_${name.replaceAll(/\W/g, '_')}`,
      value,
    ]),
  )
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
  return containers.flatMap(({ name, ports = [] }) =>
    ports.map((port) => ({
      targets: [`${podIP}:${port.containerPort}`],
      labels: {
        ...labels,
        __meta_kubernetes_namespace: metadata.namespace,
        __meta_kubernetes_pod_name: metadata.name,
        __meta_kubernetes_pod_phase: status?.phase ?? 'Unknown',
        __meta_kubernetes_pod_container_name: name,
        __meta_kubernetes_pod_container_port_name: port.name ?? '',
        __meta_kubernetes_pod_container_port_number: String(port.containerPort),
      },
    })),
  )
}
