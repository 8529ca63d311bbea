/** The text format of Prometheus, version 0.0.4; by hand because the agent must stay small. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export type Labels = Readonly<Record<string, string>>

interface Sample {
  readonly suffix: string
  readonly labels: Labels
  readonly value: number
}

/** One metric: its help, its type and its samples. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  samples(): readonly Sample[]
}

export function exposition(families: readonly Family[]): string {
  return families.map(formatFamily).join('')
}

function formatFamily(family: Family): string {
  const lines = family
    .samples()
    .map(({ suffix, labels, value }) => `${family.name}${suffix}${formatLabels(labels)} ${value}`)
  return [
    `# HELP ${family.name} ${family.help}`,
    `# TYPE ${family.name} ${family.type}`,
    ...lines,
    '',
  ].join('\n')
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/** A number for each label set that was ever named; name them all at the start, with 0. */
export class Values implements Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly #values = new Map<string, { readonly labels: Labels; value: number }>()

  constructor(type: 'counter' | 'gauge', name: string, help: string) {
    this.type = type
    this.name = name
    this.help = help
  }

  add(labels: Labels, amount: number): void {
    this.#at(labels).value += amount
  }

  set(labels: Labels, value: number): void {
    this.#at(labels).value = value
  }

  samples(): readonly Sample[] {
    return [...this.#values.values()].map(({ labels, value }) => ({ suffix: '', labels, value }))
  }

  #at(labels: Labels): { value: number } {
    const key = JSON.stringify(labels)
    const entry = this.#values.get(key) ?? { labels, value: 0 }
    this.#values.set(key, entry)
    return entry
  }
}

/** Observations of one label set, counted in buckets. */
export class Histogram implements Family {
  readonly type = 'histogram'
  readonly name: string
  readonly help: string
  readonly #bounds: readonly number[]
  readonly #series = new Map<string, Series>()

  /** @param bounds upper bounds of the buckets, rising, without +Inf */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.name = name
    this.help = help
    this.#bounds = bounds
  }

  /** Makes the label set appear before anything was observed. */
  init(labels: Labels): void {
    this.#at(labels)
  }

  observe(labels: Labels, value: number): void {
    const series = this.#at(labels)
    series.sum += value
    series.count += 1
    this.#bounds.forEach((bound, index) => {
      if (value <= bound) series.buckets[index] = (series.buckets[index] ?? 0) + 1
    })
  }

  samples(): readonly Sample[] {
    return [...this.#series.values()].flatMap(({ labels, buckets, sum, count }) => [
      ...this.#bounds.map((bound, index) => ({
        suffix: '_bucket',
        labels: { ...labels, le: String(bound) },
        value: buckets[index] ?? 0,
      })),
      { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
      { suffix: '_sum', labels, value: sum },
      { suffix: '_count', labels, value: count },
    ])
  }

  #at(labels: Labels): Series {
    const key = JSON.stringify(labels)
    const buckets = this.#bounds.map(() => 0)
    const series = this.#series.get(key) ?? { labels, buckets, sum: 0, count: 0 }
    this.#series.set(key, series)
    return series
  }
}

interface Series {
  readonly labels: Labels
  readonly buckets: number[]
  sum: number
  count: number
}
