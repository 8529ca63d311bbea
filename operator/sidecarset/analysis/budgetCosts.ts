import { resolveIntOrPercent } from '../../../api/intOrPercent.ts'
import type { BudgetStatus, HandoverBudget } from '../../../api/v1beta1/analysis.ts'
import type { IntOrPercent } from '../../../api/v1beta1/sidecarset.ts'
import { DEFAULT_CUT, DEFAULT_LISTEN_DROPS } from './budget.ts'
import { numberText } from './judge.ts'

/** One number of a budget. */
export interface BudgetCost {
  /** The field of the budget that limits it. */
  readonly cost: Exclude<keyof HandoverBudget, 'enabled'>
  readonly value: number
  /** What it may be, such as `<= 3 (1% of 300)`. Absent: anything. */
  readonly threshold?: string
}

/**
 * What the handovers have cost, each number with the limit that it is held against.
 * @param upgraded pods that have the revision
 */
export function budgetCosts(
  budget: HandoverBudget,
  status: BudgetStatus,
  upgraded: number,
): readonly BudgetCost[] {
  const { handovers, connectionsAtDrain: connections } = status
  const { connectionsCut = DEFAULT_CUT, listenDrops = DEFAULT_LISTEN_DROPS } = budget
  const { connectionsCutAtMaxSeconds, resets, handoverSeconds, podsNotReady = 0 } = budget
  return [
    {
      cost: 'connectionsCut',
      value: status.connectionsCut,
      ...atMost(share(connectionsCut, connections)),
    },
    {
      cost: 'connectionsCutAtMaxSeconds',
      value: status.connectionsCutAtMaxSeconds,
      ...atMost(share(connectionsCutAtMaxSeconds, connections)),
    },
    {
      cost: 'listenDrops',
      value: status.listenDrops,
      ...atMost(perHandover(listenDrops, handovers)),
    },
    { cost: 'resets', value: status.resets, ...atMost(perHandover(resets, handovers)) },
    {
      cost: 'handoverSeconds',
      value: status.longestHandoverSeconds,
      ...atMost(handoverSeconds === undefined ? undefined : numberText(handoverSeconds)),
    },
    { cost: 'podsNotReady', value: status.podsNotReady, ...atMost(share(podsNotReady, upgraded)) },
  ]
}

function share(most: IntOrPercent | undefined, of: number): string | undefined {
  if (most === undefined) return undefined
  const resolved = numberText(resolveIntOrPercent(most, of))
  return typeof most === 'number' ? resolved : `${resolved} (${most} of ${of})`
}

function perHandover(most: number | undefined, handovers: number): string | undefined {
  if (most === undefined) return undefined
  return `${numberText(most * handovers)} (${numberText(most)} a handover)`
}

function atMost(limit: string | undefined): { readonly threshold?: string } {
  return limit === undefined ? {} : { threshold: `<= ${limit}` }
}
