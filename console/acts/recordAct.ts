import { randomBytes } from 'node:crypto'
import { describeSubject, gatewayBehind } from '../../api/gateway/subject.ts'
import { API_VERSION } from '../../api/group.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { Act } from '../../cli/actions/acts.ts'
import type { Cluster } from '../../cli/cluster/cluster.ts'
import { EVENTS } from '../../runtime/client/kinds.ts'
import { eventObject } from '../../runtime/events/eventObject.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { whoAmI } from '../clusters/whoAmI.ts'

/** Component of the events in which users say what they did; their instance is the user. */
export const CONSOLE_COMPONENT = 'baton-console'

const REASONS: Readonly<Record<Act, string>> = {
  pause: 'PausedByUser',
  resume: 'ResumedByUser',
  promote: 'PromotedByUser',
  abort: 'AbortedByUser',
  retry: 'RetriedByUser',
  rollback: 'RolledBackByUser',
}

/** Limit of the API for reportingInstance. */
const LONGEST_INSTANCE = 128

export interface DoneAct {
  readonly act: Act
  /** What was done. */
  readonly sentence: string
  readonly reason: string | undefined
  readonly now: number
}

/**
 * Puts an act that changed the spec on record, for a spec does not keep who wrote it: an event, made
 * as the user. Gives why there is none.
 */
export async function recordAct(
  cluster: Cluster,
  set: StoredSidecarSet,
  { act, sentence, reason, now }: DoneAct,
): Promise<string | undefined> {
  const gateway = gatewayBehind(set)
  const { name, uid } = set.metadata
  const about = {
    apiVersion: API_VERSION,
    kind: gateway === undefined ? 'SidecarSet' : 'IngressGateway',
    metadata: { ...(gateway ?? { name }), ...(uid === undefined ? {} : { uid }) },
  }
  const message = reason === undefined ? sentence : `${sentence}: ${reason}`
  try {
    const instance = (await whoAmI(cluster)).slice(0, LONGEST_INSTANCE)
    const event = eventObject(
      { about, type: 'Normal', reason: REASONS[act], message, count: 1, firstMs: now, lastMs: now },
      { component: CONSOLE_COMPONENT, instance },
      randomBytes(8).toString('hex'),
    )
    await cluster.client.resource(EVENTS).create(event)
    return undefined
  } catch (error) {
    if (!isApiError(error)) throw error
    return `that it was you is on no record of ${describeSubject(name)}: ${error.message}`
  }
}
