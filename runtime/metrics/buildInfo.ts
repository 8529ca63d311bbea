import type { Metrics } from './metrics.ts'

export interface Build {
  /** Prefix of the metric. */
  readonly product: string
  readonly component: string
  readonly version: string
}

/** `<product>_build_info`, always 1: the labels tell what runs, and joins bring them to others. */
export function createBuildInfo({ product, component, version }: Build, metrics: Metrics): void {
  metrics
    .gauge({
      name: `${product}_build_info`,
      help: 'Always 1: which version of a component runs, and on which Node.',
      labelNames: ['component', 'version', 'node'],
    })
    .set({ component, version, node: process.version }, 1)
}
