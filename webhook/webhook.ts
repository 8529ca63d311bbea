import { AUTHORITY_SECRET, WEBHOOK, webhookHost } from '../api/installation.ts'
import { RELEASE } from '../api/release.ts'
import { INGRESS_GATEWAYS, SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../api/v1beta1/kinds.ts'
import { createInformer } from '../runtime/cache/informer.ts'
import { createAuthority } from '../runtime/certificates/authority.ts'
import { createMountedCertificate } from '../runtime/certificates/mountedCertificate.ts'
import { createServingCertificate } from '../runtime/certificates/servingCertificate.ts'
import type { Client } from '../runtime/client/client.ts'
import { CONFIG_MAPS, CONTROLLER_REVISIONS, NAMESPACES } from '../runtime/client/kinds.ts'
import type { Clock } from '../runtime/clock/clock.ts'
import { createEventRecorder } from '../runtime/events/recorder.ts'
import type { Logger } from '../runtime/logging/logger.ts'
import type { Manager } from '../runtime/manager/manager.ts'
import { createManager } from '../runtime/manager/manager.ts'
import { createBuildInfo } from '../runtime/metrics/buildInfo.ts'
import type { Metrics } from '../runtime/metrics/metrics.ts'
import type { ProbeServer } from '../runtime/metrics/probeServer.ts'
import { createProbeServer } from '../runtime/metrics/probeServer.ts'
import type { WebhookServer } from '../runtime/webhookserver/webhookServer.ts'
import { createWebhookServer } from '../runtime/webhookserver/webhookServer.ts'
import { defaultSidecarSet } from './admission/defaultSidecarSet.ts'
import { defaultTrafficInterception } from './admission/defaultTrafficInterception.ts'
import { defaultIngressGateway, validateIngressGateway } from './admission/ingressGateway.ts'
import { createGatewayPod } from './admission/gatewayPod.ts'
import { createInjectPod } from './admission/injectPod.ts'
import { createValidateSidecarSet } from './admission/validateSidecarSet.ts'
import { validateTrafficInterception } from './admission/validateTrafficInterception.ts'
import { createAnnouncer } from './announce.ts'
import type { WebhookConfig } from './config.ts'
import { createInjectionMetrics } from './injectionMetrics.ts'

export interface WebhookOptions {
  readonly config: WebhookConfig
  readonly client: Client
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
}

/** One replica of the webhook, ready to run. */
export interface Webhook extends Manager {
  readonly server: WebhookServer
  readonly health: ProbeServer
}

/**
 * Puts the webhook together. It is ready when it has a certificate, its caches, and listens: not
 * before, since every pod that it does not see is a pod without sidecars.
 */
export function createWebhook({ config, client, clock, logger, metrics }: WebhookOptions): Webhook {
  createBuildInfo({ product: 'baton', component: WEBHOOK, version: RELEASE }, metrics)
  const shared = { clock, logger, metrics }
  const live = { sets: client.resource(SIDECAR_SETS), namespaces: client.resource(NAMESPACES) }
  const sets = createInformer({ ...shared, resource: live.sets })
  const namespaces = createInformer({ ...shared, resource: live.namespaces })
  const interceptions = createInformer({
    ...shared,
    resource: client.resource(TRAFFIC_INTERCEPTIONS),
    indexers: { namespace: ({ metadata }) => [metadata.namespace] },
  })
  const gateways = createInformer({ ...shared, resource: client.resource(INGRESS_GATEWAYS) })
  const events = createEventRecorder({
    ...shared,
    client,
    component: WEBHOOK,
    instance: config.podName,
  })
  const { namespace } = config
  const { directory, lifetimeMs, overlapMs } = config.certificates
  const authority = createAuthority({
    ...shared,
    client,
    namespace,
    secretName: AUTHORITY_SECRET,
    propagationMs: overlapMs,
  })
  const certificate =
    directory === undefined
      ? createServingCertificate({
          ...shared,
          authority,
          dnsNames: [webhookHost(namespace)],
          leafLifetimeMs: lifetimeMs,
        })
      : createMountedCertificate({ ...shared, directory, overlapMs })
  const revisions = { revisions: client.resource(CONTROLLER_REVISIONS), namespace }
  const forNewPods = { ...revisions, logger, random: Math.random }
  const server = createWebhookServer({
    ...shared,
    port: config.webhookPort,
    certificate,
    handlers: {
      '/inject': createInjectPod({
        agentImage: config.agentImage,
        caches: { sets, namespaces, interceptions },
        live,
        revisions: forNewPods,
        clock,
        announce: createAnnouncer(events, logger),
        count: createInjectionMetrics(metrics),
      }),
      '/gateway-pod': createGatewayPod({ gateways, revisions: forNewPods, clock }),
      '/default-sidecarset': defaultSidecarSet,
      '/validate-sidecarset': createValidateSidecarSet({
        ...revisions,
        sets: () => sets.list(),
        configMaps: client.resource(CONFIG_MAPS),
      }),
      '/default-trafficinterception': defaultTrafficInterception,
      '/validate-trafficinterception': validateTrafficInterception,
      '/default-ingressgateway': defaultIngressGateway,
      '/validate-ingressgateway': validateIngressGateway,
    },
  })
  const synced = (of: { readonly name: string; hasSynced(): boolean }) => () =>
    of.hasSynced() ? undefined : `the cache of ${of.name} is not filled yet`
  const health = createProbeServer({
    logger,
    metrics,
    port: config.healthPort,
    healthChecks: {
      sidecarsets: sets.check,
      namespaces: namespaces.check,
      trafficinterceptions: interceptions.check,
      ingressgateways: gateways.check,
    },
    readyChecks: {
      certificate: certificate.check,
      sidecarsets: synced(sets),
      namespaces: synced(namespaces),
      trafficinterceptions: synced(interceptions),
      ingressgateways: synced(gateways),
      server: server.check,
    },
  })
  const scrapes = createProbeServer({ logger, metrics, port: config.metricsPort })
  const manager = createManager({ logger })
  manager.add('base', health, scrapes, events)
  manager.add('certificates', ...(directory === undefined ? [authority] : []), certificate)
  manager.add('webhooks', server)
  manager.add('caches', sets, namespaces, interceptions, gateways)
  return { ...manager, server, health }
}
