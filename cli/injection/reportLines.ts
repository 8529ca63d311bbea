import type { InjectionReport } from '../../webhook/inject/inject.ts'

/** What a filter tells beside its output about one object. */
export function reportLines(title: string, report: InjectionReport | undefined): readonly string[] {
  if (report === undefined) return []
  const { injected, skipped, warnings } = report
  if (injected.length + skipped.length === 0) return [`${title}: no SidecarSet selects its pods`]
  return [
    ...injected.map(
      ({ set, revision, containers }) =>
        `${title}: injected ${set} (revision ${revision}: ${containers.join(', ')})`,
    ),
    ...skipped.map(
      ({ set, reason, sentence }) => `${title}: skipped ${set}: ${reason}: ${sentence}`,
    ),
    ...warnings.map((warning) => `${title}: warning: ${warning}`),
  ]
}
