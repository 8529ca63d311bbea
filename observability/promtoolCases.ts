import type { Alert, Case } from './alerts/alert.ts'
import { RUNBOOKS, runbookOf } from './rules.ts'

/**
 * The file of `promtool test rules`: for each alert a case in which it fires, with the labels and
 * texts that people get, and one in which it does not.
 * @param rulesFile relative to where the file will be
 */
export function promtoolCases(alerts: readonly Alert[], rulesFile: string): object {
  return {
    rule_files: [rulesFile],
    evaluation_interval: '1m',
    tests: alerts.flatMap((alert) => [
      test(alert, 'fires', alert.fires, alert.fires.told.map(expected(alert))),
      test(alert, 'is silent', alert.silent, []),
    ]),
  }
}

function test(
  { name }: Alert,
  outcome: string,
  { when, series, at }: Case,
  told: readonly object[],
): object {
  return {
    name: `${name} ${outcome} when ${when}`,
    interval: '1m',
    input_series: Object.entries(series).map(([selector, values]) => ({
      series: selector,
      values,
    })),
    alert_rule_test: [{ eval_time: at, alertname: name, exp_alerts: told }],
  }
}

function expected({ name, severity }: Alert) {
  return ({ labels, summary, description }: Alert['fires']['told'][number]): object => ({
    exp_labels: { severity, ...labels },
    exp_annotations: { summary, description, runbook_url: `${RUNBOOKS}/${runbookOf(name)}` },
  })
}
