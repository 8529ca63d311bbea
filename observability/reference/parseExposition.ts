import type { MetricFamily } from './family.ts'

const METADATA = /^# (?<what>HELP|TYPE) (?<name>\S+) (?<text>.*)$/
const SAMPLE = /^(?<name>[a-zA-Z_:][\w:]*?)(?:\{(?<labels>.*)\})? \S+$/
const LABEL = /(?<name>\w+)="(?:[^"\\]|\\.)*"/g

/**
 * The families of a text in the format of Prometheus 0.0.4. Labels are those of the first sample.
 * Errors: a family without type or without a sample.
 */
export function parseExposition(text: string): readonly MetricFamily[] {
  const help = new Map<string, string>()
  const types = new Map<string, string>()
  const labels = new Map<string, readonly string[]>()
  for (const line of text.split('\n')) {
    const metadata = METADATA.exec(line)?.groups
    if (metadata !== undefined) {
      const { what, name = '', text: rest = '' } = metadata
      if (what === 'HELP') help.set(name, rest)
      else types.set(name, rest)
      continue
    }
    const { name = '', labels: pairs = '' } = SAMPLE.exec(line)?.groups ?? {}
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')
    if (line === '' || labels.has(family)) continue
    const names = [...pairs.matchAll(LABEL)].map(({ groups }) => groups?.['name'] ?? '')
    labels.set(
      family,
      names.filter((label) => label !== 'le'),
    )
  }
  return [...help].map(([name, text]) => {
    const type = types.get(name)
    const names = labels.get(name)
    if (names === undefined) throw new Error(`the metric ${name} has no sample`)
    if (type !== 'counter' && type !== 'gauge' && type !== 'histogram')
      throw new Error(`the metric ${name} is of the type ${type ?? 'none'}`)
    return { name, type, help: text, labels: names }
  })
}
