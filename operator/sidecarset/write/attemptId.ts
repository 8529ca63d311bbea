import type { PodView } from '../rollout/podView.ts'

/**
 * A handover id that this pod has not had: `<revision hash>-<n>`, n growing with every switch that
 * was ever wanted from it.
 */
export function nextAttemptId(view: PodView, revision: string): string {
  const former = Object.values(view.desired?.containers ?? {}).map((one) => one.handover)
  const numbers = [...former, view.state?.id ?? ''].map((id) =>
    Number(/-(\d+)$/.exec(id)?.[1] ?? 0),
  )
  return `${revision}-${Math.max(0, ...numbers) + 1}`
}
