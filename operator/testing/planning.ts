import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import type { AgentStatus } from '../../api/agentStatus.ts'
import type {
  RolloutProgress,
  SidecarContainer,
  UpdateStrategy,
} from '../../api/v1beta1/sidecarset.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { createDivision } from '../sidecarset/census/division.ts'
import type { Taken } from '../sidecarset/census/division.ts'
import { isSettled } from '../sidecarset/census/isSettled.ts'
import type { Decision } from '../sidecarset/rollout/decision.ts'
import type { Revision } from '../sidecarset/rollout/revision.ts'
import { NO_VERDICTS } from '../sidecarset/analysis/verdict.ts'
import type { RolloutVerdicts } from '../sidecarset/analysis/verdict.ts'
import { resizePatch } from '../sidecarset/resize/slotSize.ts'
import { planRollout } from '../sidecarset/rollout/plan.ts'
import type { RolloutInput, RolloutPlan } from '../sidecarset/rollout/plan.ts'
import { viewPod } from '../sidecarset/rollout/podView.ts'
import type { PodView } from '../sidecarset/rollout/podView.ts'
import type { ImageState } from '../sidecarset/rollout/starts.ts'
import { resetWrite } from '../sidecarset/write/resetPatch.ts'
import { revertWrite } from '../sidecarset/write/revertPatch.ts'
import { resultPatch } from '../sidecarset/write/resultPatch.ts'
import { coldWrite, upgradeWrite } from '../sidecarset/write/upgradePatch.ts'
import type { PodWrite } from '../sidecarset/write/upgradePatch.ts'
import { applyPatch } from './applyPatch.ts'
import { aHandover, aRevision, aSet, agentSays, hotProxy, injectedPod } from './build.ts'

export const now = Date.parse('2025-01-01T01:00:00Z')
export const v1 = [hotProxy('proxy:1')]
export const v2 = [hotProxy('proxy:2')]

export interface PlanOptions {
  readonly to?: readonly SidecarContainer[]
  readonly strategy?: UpdateStrategy
  readonly agents?: Readonly<Record<string, AgentStatus>>
  readonly images?: (node: string, image: string) => ImageState
  readonly unwritable?: readonly string[]
  readonly open?: readonly string[]
  readonly resizes?: RolloutInput['resizes']
  readonly now?: number
  readonly failedRevision?: string
  readonly progress?: RolloutProgress | undefined
  readonly status?: RolloutInput['set']['status']
  readonly command?: string
  readonly verdicts?: RolloutVerdicts
  readonly leaving?: readonly Pod[]
  readonly from?: readonly SidecarContainer[]
  /** Revisions beside these two. */
  readonly known?: readonly Revision[]
  /** Leaves pods that are settled out, as an operator does. Defaults to false: each is looked at. */
  readonly withoutSettled?: boolean
}

/** The plan for pods of the set `mesh`, whose spec is `to` and whose current revision is v1. */
export function plan(pods: readonly Pod[], options: PlanOptions = {}): RolloutPlan {
  const containers = options.to ?? v2
  const set = aSet({ containers, updateStrategy: options.strategy ?? {} })
  const latest = aRevision(containers, 2)
  const current = aRevision(options.from ?? v1, 1)
  const known = [latest, current, ...(options.known ?? [])]
  const input: RolloutInput = {
    set: {
      name: 'mesh',
      strategy: applyDefaults(set.spec).updateStrategy,
      status: {
        ...(options.failedRevision === undefined ? {} : { failedRevision: options.failedRevision }),
        ...(options.progress === undefined ? {} : { rollout: options.progress }),
        ...options.status,
      },
      command: options.command,
    },
    verdicts: options.verdicts ?? NO_VERDICTS,
    revisions: { latest, current, known: new Map(known.map((one) => [one.hash, one])) },
    ...(options.withoutSettled === true ? divided(pods, latest) : { pods }),
    leaving: options.leaving ?? [],
    agents: new Map(Object.entries(options.agents ?? {})),
    imageState: options.images ?? (() => ({ kind: 'present' })),
    unwritable: new Set(options.unwritable),
    open: new Set(options.open),
    refusal: () => undefined,
    resizes: options.resizes ?? new Map(),
    now: options.now ?? now,
  }
  return planRollout(input)
}

function divided(
  pods: readonly Pod[],
  latest: Revision,
): { readonly pods: readonly Pod[]; readonly settled: Taken['settled'] } {
  const division = createDivision(latest)
  for (const pod of pods) {
    const seen = view(pod)
    const kind = isSettled(seen, 'mesh', latest) ? 'settled' : 'restless'
    division.put(seen.key, pod, { kind, view: seen })
  }
  const { restless, settled } = division.taken()
  return { pods: restless, settled }
}

/** `name: kind` or `name: reason`, in the plan's order. */
export function lines(result: RolloutPlan): string[] {
  return result.decisions.map((one) => {
    const what = one.kind === 'none' ? one.reason : one.kind
    return `${one.view.pod.metadata.name}: ${what}`
  })
}

export function startOf(
  result: RolloutPlan,
): Extract<Decision, { kind: 'startUpgrade' | 'swapBack' }> {
  const found = result.decisions.find(
    (one) => one.kind === 'startUpgrade' || one.kind === 'swapBack',
  )
  if (found?.kind !== 'startUpgrade' && found?.kind !== 'swapBack') throw new Error('none starts')
  return found
}

/** The pod after the operator's write for what the plan decides about it. */
export function carriedOut(pod: Pod, result: RolloutPlan, at = now): Pod {
  const decision = result.decisions.find((one) => one.view.pod.metadata.name === pod.metadata.name)
  switch (decision?.kind) {
    case 'startUpgrade':
    case 'swapBack': {
      return written(pod, (one) => upgradeWrite({ ...decision, view: one, set: 'mesh', now: at }))
    }
    case 'startCold':
      return written(pod, (one) => coldWrite({ ...decision, view: one, set: 'mesh', now: at }))
    case 'recordResult':
      return applyPatch(pod, resultPatch(decision.view, 'mesh', decision.result, at))
    case 'startReset':
      return written(pod, (one) => resetWrite({ ...decision, view: one, set: 'mesh', now: at }))
    case 'revertFailed':
      return written(pod, (one) => revertWrite({ ...decision, view: one, set: 'mesh', now: at }))
    case 'resize':
      return applyPatch(pod, resizePatch(pod, decision.sizes))
    case 'endBackOff': {
      const { container, size } = decision.heldBack
      return applyPatch(pod, resizePatch(pod, { [container]: size }))
    }
    case 'none':
    case undefined:
      throw new Error(`nothing is decided about ${pod.metadata.name}`)
  }
}

/** The pod after a write and the resize before it, if there must be one. */
function written(pod: Pod, make: (view: PodView) => PodWrite): Pod {
  const write = make(view(pod))
  const after = applyPatch(pod, write.patch)
  return write.kind === 'resize' ? written(after, make) : after
}

export function view(pod: Pod): PodView {
  const found = viewPod(pod, 'mesh')
  if (found === undefined) throw new Error('not injected')
  return found
}

export function inFlight(
  name: string,
  options: Parameters<typeof injectedPod>[2] = {},
  from = v1,
  to = v2,
): Pod {
  // Slots may have to grow first; a kubelet that tells nothing of resources is not waited for.
  let pod = injectedPod(name, from, { ...options, tellsResources: false })
  while (view(pod).state === undefined) pod = carriedOut(pod, plan([pod], { to }))
  return pod
}

export const idOf = (pod: Pod): string => view(pod).state?.id ?? ''
export const aborted = (pod: Pod): AgentStatus =>
  agentSays(aHandover(idOf(pod), { phase: 'Aborted', reason: 'ProxyExited', message: 'exit 1' }))
export const settled = (pod: Pod): AgentStatus => agentSays(aHandover(idOf(pod)))

export function failedAndReverted(name: string): Pod {
  const pod = inFlight(name)
  const recorded = carriedOut(pod, plan([pod], { agents: { [`default/${name}`]: aborted(pod) } }))
  return carriedOut(recorded, plan([recorded]))
}
