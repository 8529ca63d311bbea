import type { AlertGroup } from './alerts/alert.ts'

/** Where the runbooks are by default: a folder of the repository, as the hints of `kubectl baton check`. */
export const RUNBOOKS = 'docs/runbooks'

/** Name of the page of an alert. */
export function runbookOf(alert: string): string {
  return `${alert.toLowerCase()}.md`
}

/**
 * Alerting rules as Prometheus and the PrometheusRule of its operator have them.
 * @param runbookUrl gives what `runbook_url` is, from the name of the page
 */
export function ruleGroups(
  groups: readonly AlertGroup[],
  runbookUrl: (page: string) => unknown,
): object {
  return {
    groups: groups.map(({ name, alerts }) => ({
      name,
      rules: alerts.map((alert) => ({
        alert: alert.name,
        expr: alert.expr,
        ...(alert.for === undefined ? {} : { for: alert.for }),
        labels: { severity: alert.severity },
        annotations: {
          summary: alert.summary,
          description: alert.description,
          runbook_url: runbookUrl(runbookOf(alert.name)),
        },
      })),
    })),
  }
}
