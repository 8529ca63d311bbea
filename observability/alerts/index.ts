import { agentAlerts } from './agents.ts'
import type { AlertGroup } from './alert.ts'
import { analysisAlerts } from './analysis.ts'
import { interceptionAlerts } from './interception.ts'
import { operatorAlerts } from './operator.ts'
import { rolloutAlerts } from './rollouts.ts'
import { webhookAlerts } from './webhook.ts'

export const alertGroups: readonly AlertGroup[] = [
  rolloutAlerts,
  analysisAlerts,
  interceptionAlerts,
  agentAlerts,
  operatorAlerts,
  webhookAlerts,
]

export const alerts = alertGroups.flatMap((group) => group.alerts)
