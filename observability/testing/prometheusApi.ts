import { request } from 'undici'

export type LabelSet = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: LabelSet
  /** Those that are numbers. */
  readonly values: readonly number[]
}

export interface Firing {
  readonly name: string
  readonly state: 'pending' | 'firing'
  readonly labels: LabelSet
}

/** What tests ask a real Prometheus. Errors: with its own words. */
export interface PrometheusApi {
  /** Over the time from `start`, in seconds since the epoch, until now. */
  range(expr: string, start: number): Promise<readonly Sample[]>
  /** All series that it has of a metric. */
  series(metric: string): Promise<readonly LabelSet[]>
  /** Alerting rules that it could not evaluate, with why; and how many it has. */
  rules(): Promise<{ readonly count: number; readonly broken: readonly string[] }>
  alerts(): Promise<readonly Firing[]>
}

const POINTS = 200

export function prometheusApi(address: string): PrometheusApi {
  async function get<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
    const url = `${address}/api/v1/${path}?${new URLSearchParams(query).toString()}`
    const signal = AbortSignal.timeout(10_000)
    const { body } = await request(url, { signal })
    const answer = (await body.json()) as
      | { readonly status: 'success'; readonly data: T }
      | { readonly status: 'error'; readonly error: string }
    if (answer.status === 'success') return answer.data
    throw new Error(`${JSON.stringify(query)}: ${answer.error}`)
  }
  return {
    range: async (expr, start) => {
      const now = Date.now() / 1000
      const step = Math.max(0.2, (now - start) / POINTS)
      const query = { query: expr, start: String(start), end: String(now), step: String(step) }
      const { result } = await get<{ readonly result: readonly Matrix[] }>('query_range', query)
      return result.map(({ metric, values }) => ({
        labels: metric,
        values: values.map(([, text]) => Number(text)).filter((value) => !Number.isNaN(value)),
      }))
    },
    series: (metric) => get('series', { 'match[]': metric }),
    rules: async () => {
      const { groups } = await get<{ readonly groups: readonly Group[] }>('rules')
      const rules = groups.flatMap((group) => group.rules)
      return {
        count: rules.length,
        broken: rules
          .filter(({ health }) => health !== 'ok')
          .map(({ name, health, lastError = '' }) => `${name}: ${health} ${lastError}`),
      }
    },
    alerts: async () => {
      const { alerts } = await get<{ readonly alerts: readonly Alert[] }>('alerts')
      return alerts.map(({ state, labels: { alertname = '', ...labels } }) => ({
        ...{ name: alertname, state, labels },
      }))
    },
  }
}

interface Matrix {
  readonly metric: LabelSet
  readonly values: readonly (readonly [number, string])[]
}

interface Group {
  readonly rules: readonly {
    readonly name: string
    readonly health: 'ok' | 'err' | 'unknown'
    readonly lastError?: string
  }[]
}

interface Alert {
  readonly state: 'pending' | 'firing'
  readonly labels: LabelSet
}
