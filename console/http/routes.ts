import express from 'express'
import type { Express, Request, Response } from 'express'
import { gatewayBehind } from '../../api/gateway/subject.ts'
import { boolean, literal, number, object, optional, string } from '../../api/decode.ts'
import { acts } from '../../cli/actions/acts.ts'
import { revisionsOf } from '../../cli/actions/readRevisions.ts'
import type { Cluster } from '../../cli/cluster/cluster.ts'
import { explain } from '../../cli/cluster/explain.ts'
import { ifAllowed } from '../../cli/cluster/ifAllowed.ts'
import { readSubject } from '../../cli/cluster/subjects.ts'
import { revisionRows } from '../../cli/history/revisionRows.ts'
import { readRollout } from '../../cli/rollout/readRollout.ts'
import { whySet } from '../../cli/why/why.ts'
import { EVENTS } from '../../runtime/client/kinds.ts'
import type { Event } from '../../runtime/client/kinds.ts'
import { carryOutSetAct, previewSetAct } from '../acts/actOnSet.ts'
import type { SetAct } from '../acts/actOnSet.ts'
import { carryOutSwitch, previewSwitch } from '../acts/switchApp.ts'
import { timelineOf } from '../sets/timeline.ts'
import type { HistoryDocument } from '../wire.ts'

const seen = object({ generation: number, revision: string, step: number })
const setWish = object({
  act: literal(...acts),
  to: optional(string),
  reason: optional(string),
  seen: optional(seen),
})
const appWish = object({ on: boolean, seen: optional(seen) })

export interface RoutesOptions {
  /** The cluster of that name, as the user of the request. Errors: CliError when there is none. */
  readonly clusterOf: (request: Request, name: string) => Cluster
  readonly now: () => number
}

/** What can be asked of one cluster: each in the name of the user, by the user's own rights. */
export function addRoutes(app: Express, { clusterOf, now }: RoutesOptions): void {
  const router = express.Router({ mergeParams: true })
  /** Answers with what the work gives; says what errors of the API server mean. */
  const route =
    (work: (cluster: Cluster, request: Request) => Promise<object>) =>
    async (request: Request, response: Response): Promise<void> => {
      const cluster = clusterOf(request, param(request, 'cluster'))
      try {
        response.json(await work(cluster, request))
      } catch (error) {
        throw explain(error, cluster)
      }
    }

  router.get(
    '/sets/:set/why',
    route(async (cluster, request) => {
      const set = await readSubject(cluster, param(request, 'set'))
      return whySet(await readRollout(cluster, set, { now: now(), agents: 'busy' }))
    }),
  )
  router.get(
    '/sets/:set/history',
    route((cluster, request) => historyOf(cluster, param(request, 'set'))),
  )
  router.post(
    '/sets/:set/preview',
    route((cluster, request) => previewSetAct(cluster, setActOf(request), now())),
  )
  router.post(
    '/sets/:set/act',
    route((cluster, request) => {
      const { seen: given } = setWish(request.body, 'body')
      const decided = { seen: seen(given, 'body.seen'), now: now() }
      return carryOutSetAct(cluster, setActOf(request), decided)
    }),
  )
  router.post(
    '/apps/:namespace/:app/preview',
    route((cluster, request) => previewSwitch(cluster, switchOf(request))),
  )
  router.post(
    '/apps/:namespace/:app/act',
    route((cluster, request) => {
      const { seen: given } = appWish(request.body, 'body')
      return carryOutSwitch(cluster, switchOf(request), seen(given, 'body.seen'))
    }),
  )
  app.use('/api/clusters/:cluster', router)
}

function setActOf(request: Request): SetAct {
  const { act, to, reason } = setWish(request.body, 'body')
  const why = reason?.trim() ?? ''
  return {
    act,
    set: param(request, 'set'),
    ...(to === undefined ? {} : { to }),
    ...(why === '' ? {} : { reason: why }),
  }
}

function switchOf(request: Request) {
  const { on } = appWish(request.body, 'body')
  return { namespace: param(request, 'namespace'), app: param(request, 'app'), on }
}

async function historyOf(cluster: Cluster, name: string): Promise<HistoryDocument> {
  const notes: string[] = []
  const set = await readSubject(cluster, name)
  const [revisions, events] = await Promise.all([
    ifAllowed('revisions', notes, undefined, () => revisionsOf(cluster, set)),
    ifAllowed<readonly Event[]>('events', notes, [], async () => {
      const gateway = gatewayBehind(set)
      const kind = gateway === undefined ? 'SidecarSet' : 'IngressGateway'
      const { name: about, namespace = 'default' } = gateway ?? { name }
      const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${about}`
      const list = await cluster.client.resource(EVENTS).list({ namespace, fieldSelector })
      return list.items
    }),
  ])
  return {
    revisions: revisions === undefined ? [] : revisionRows(set, revisions, []),
    timeline: timelineOf(set, events),
    notes,
  }
}

function param(request: Request, name: string): string {
  const value = request.params[name]
  return typeof value === 'string' ? value : ''
}
