import { INGRESS_GATEWAYS } from '../../api/v1beta1/kinds.ts'
import type { EventReason } from '../../api/eventReasons.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { Informer } from '../../runtime/cache/informer.ts'
import type { Client } from '../../runtime/client/client.ts'
import { DEPLOYMENTS, SERVICES } from '../../runtime/client/kinds.ts'
import type { ControllerRevision } from '../../runtime/client/kinds.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import type { Reconcile } from '../../runtime/controller/controller.ts'
import type { EventRecorder } from '../../runtime/events/recorder.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import { createExpectations } from '../../runtime/controller/expectations.ts'
import { readRevisions } from '../sidecarset/revisions/planRevisions.ts'
import type { GatewayCaches } from './caches.ts'
import { gatewayDeployment } from './deployment.ts'
import { gatewayService } from './service.ts'
import { nextStatus, writeStatus } from './status.ts'
import { setNameOf } from './subjects.ts'
import { viewGateway } from './view.ts'
import type { GatewayObstacle } from './view.ts'
import { writeOwned } from './writeOwned.ts'

export interface GatewayReconcilerOptions {
  readonly client: Client
  readonly gateways: Pick<Informer<StoredIngressGateway>, 'get'>
  readonly caches: GatewayCaches
  /** ControllerRevisions, indexed by `set`. */
  readonly revisions: Pick<Informer<ControllerRevision>, 'byIndex'>
  readonly recorder: Pick<EventRecorder, 'event'>
  readonly agentImage: string
  readonly clock: Clock
  readonly logger: Logger
}

/** The caches are behind what was written: they will be told of any moment. */
const CACHE_LAG_MS = 50
/** What was written and deleted at once is never seen. */
const UNSEEN_MS = 5_000
/** Nobody tells when an object that is in the way, and somebody else's, has gone. */
const IN_THE_WAY_MS = 5_000

/** Keeps Deployment and Service of one gateway as its spec wants them; pods are the rollout's. */
export function createGatewayReconciler(options: GatewayReconcilerOptions): Reconcile {
  const { client, gateways, caches, revisions, recorder, agentImage, clock, logger } = options
  const resources = {
    gateways: client.resource(INGRESS_GATEWAYS),
    deployments: client.resource(DEPLOYMENTS),
    services: client.resource(SERVICES),
  }
  const writtenGateways = createExpectations({ clock })
  const writtenDeployments = createExpectations({ clock, timeoutMs: UNSEEN_MS })
  const writtenServices = createExpectations({ clock, timeoutMs: UNSEEN_MS })

  return async (key, signal) => {
    const gateway = gateways.get(key)
    if (gateway === undefined) {
      for (const one of [writtenGateways, writtenDeployments, writtenServices]) one.forget(key)
      return {}
    }
    // What it owns goes with it, by its owner references.
    if (gateway.metadata.deletionTimestamp !== undefined) return {}
    const isBehind =
      !writtenGateways.satisfied(key, gateway) ||
      !writtenDeployments.satisfied(key, caches.deployments.get(key)) ||
      !writtenServices.satisfied(key, caches.services.get(key))
    if (isBehind) return { requeueAfterMs: CACHE_LAG_MS }

    const service = await writeOwned({
      ...{ gateway, resource: resources.services, cache: caches.services, signal },
      want: () => gatewayService(gateway),
    })
    if (service.isWritten) expectOf(writtenServices, key, service.object)
    const set = setNameOf(gateway)
    const deployment = await writeOwned({
      ...{ gateway, resource: resources.deployments, cache: caches.deployments, signal },
      want: (existing) =>
        gatewayDeployment({
          ...{ gateway, existing, agentImage, nowMs: clock.now() },
          revisions: readRevisions(set, revisions.byIndex('set', set)),
        }),
    })
    if (deployment.isWritten) expectOf(writtenDeployments, key, deployment.object)
    for (const { isWritten, object } of [service, deployment]) {
      if (isWritten) logger.info('object of gateway written', { gateway: key, kind: object?.kind })
    }

    const obstacle = deployment.obstacle ?? service.obstacle
    const view = viewGateway(gateway, deployment.object, service.object, obstacle)
    const next = nextStatus(gateway, view, clock.now())
    const after = await writeStatus(resources.gateways, gateway, next, signal)
    if (after !== undefined) {
      expectOf(writtenGateways, key, after)
      tellOfChange(gateway, after, obstacle)
    }
    return obstacle === undefined ? {} : { requeueAfterMs: IN_THE_WAY_MS }
  }

  function tellOfChange(
    before: StoredIngressGateway,
    after: StoredIngressGateway,
    obstacle: GatewayObstacle | undefined,
  ): void {
    const [was, is] = [before, after].map(({ status }) =>
      status?.conditions?.find(({ type }) => type === 'Accepted'),
    )
    const reason: EventReason = obstacle?.reason ?? 'Applied'
    if (is === undefined || reason === was?.reason) return
    recorder.event(after, obstacle === undefined ? 'Normal' : 'Warning', reason, is.message)
  }
}

function expectOf(
  expectations: ReturnType<typeof createExpectations>,
  key: string,
  object: { readonly metadata: { readonly resourceVersion?: string } } | undefined,
): void {
  expectations.expect(key, object?.metadata.resourceVersion ?? '')
}
