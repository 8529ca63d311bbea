import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

export interface MetricOptions<L extends string> {
  readonly name: string
  readonly help: string
  readonly labelNames?: readonly L[]
}

export interface HistogramOptions<L extends string> extends MetricOptions<L> {
  /** Upper bounds in the metric's unit. Defaults to 5 ms … 10 s. */
  readonly buckets?: readonly number[]
}

/**
 * A process' metrics: a registry of its own, never the global one of prom-client, so that two
 * managers (or two tests) in one process do not meet. Asking twice for a name gives the same
 * metric: every work queue shares one `workqueue_depth` and differs by label.
 */
export interface Metrics {
  readonly registry: Registry
  counter<L extends string = never>(options: MetricOptions<L>): Counter<L>
  gauge<L extends string = never>(options: MetricOptions<L>): Gauge<L>
  histogram<L extends string = never>(options: HistogramOptions<L>): Histogram<L>
  /** Runs before each scrape: for gauges that are read, not written. */
  beforeScrape(update: () => void): void
  /** The text exposition format. */
  text(): Promise<string>
}

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface MetricsOptions {
  /** Adds process_* and nodejs_* metrics. Defaults to false: they start timers and observers. */
  readonly processMetrics?: boolean
}

/** Creates an empty set of metrics. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry()
  const updates: (() => void)[] = []
  if (options.processMetrics === true) collectDefaultMetrics({ register: registry })
  const existing = (name: string): unknown => registry.getSingleMetric(name)

  return {
    registry,
    counter: (o) => {
      const found = existing(o.name)
      return found instanceof Counter ? found : new Counter(own(o, registry))
    },
    gauge: (o) => {
      const found = existing(o.name)
      return found instanceof Gauge ? found : new Gauge(own(o, registry))
    },
    histogram: <L extends string>(o: HistogramOptions<L>) => {
      const found = existing(o.name)
      if (found instanceof Histogram) return found as Histogram<L>
      return new Histogram({ ...own(o, registry), buckets: [...(o.buckets ?? secondsBuckets)] })
    },
    beforeScrape: (update) => {
      updates.push(update)
    },
    text: async () => {
      for (const update of updates) update()
      return registry.metrics()
    },
  }
}

function own<L extends string>(
  options: MetricOptions<L>,
  registry: Registry,
): { name: string; help: string; labelNames: L[]; registers: Registry[] } {
  return {
    name: options.name,
    help: options.help,
    labelNames: [...(options.labelNames ?? [])],
    registers: [registry],
  }
}
