import type { KubeConfig } from '@kubernetes/client-node'
import type { EventReason } from '../api/eventReasons.ts'
import { AUTHORITY_SECRET, OPERATOR } from '../api/installation.ts'
import { RELEASE } from '../api/release.ts'
import { createAuthority } from '../runtime/certificates/authority.ts'
import { createMountedTrust } from '../runtime/certificates/mountedTrust.ts'
import type { Trust } from '../runtime/certificates/trust.ts'
import { createClient } from '../runtime/client/client.ts'
import { PODS } from '../runtime/client/kinds.ts'
import { realClock } from '../runtime/clock/clock.ts'
import { createController } from '../runtime/controller/controller.ts'
import { createEventRecorder } from '../runtime/events/recorder.ts'
import { createLeaderElector } from '../runtime/leader/leaderElector.ts'
import type { Logger } from '../runtime/logging/logger.ts'
import { createManager } from '../runtime/manager/manager.ts'
import { createBuildInfo } from '../runtime/metrics/buildInfo.ts'
import { createMetrics } from '../runtime/metrics/metrics.ts'
import type { Metrics } from '../runtime/metrics/metrics.ts'
import { createProbeServer } from '../runtime/metrics/probeServer.ts'
import { createTransport } from '../runtime/transport/transport.ts'
import { createAgentClient } from './agentclient/agentClient.ts'
import type { OperatorConfig } from './config.ts'
import { createGatewayCaches } from './gateway/caches.ts'
import { createGatewayReconciler } from './gateway/reconciler.ts'
import { gatewaySources } from './gateway/sources.ts'
import { tellOfGateways } from './gateway/subjects.ts'
import { createInterceptionCaches } from './interception/caches.ts'
import { createInterceptionMetrics } from './interception/metrics.ts'
import { createInterceptionReconciler } from './interception/reconciler.ts'
import { interceptionSources } from './interception/sources.ts'
import { createSidecarSetMetrics } from './metrics.ts'
import { createAgentWatch } from './sidecarset/agentWatch.ts'
import { createAnalyses } from './sidecarset/analysis/analyses.ts'
import { createAnalysisMetrics } from './sidecarset/analysis/analysisMetrics.ts'
import { createMeasurer } from './sidecarset/analysis/measurer.ts'
import { createPrometheusClient } from './sidecarset/analysis/prometheus.ts'
import { createCaches } from './sidecarset/caches.ts'
import { createPrefetcher } from './sidecarset/prefetch/prefetcher.ts'
import { createReconciler } from './sidecarset/reconciler.ts'
import { sidecarSetSources } from './sidecarset/sources.ts'
import { installationOwner, isPublished, publishedBundle } from './webhookconfiguration/owner.ts'
import { createWebhookReconciler } from './webhookconfiguration/reconciler.ts'
import { webhookSources } from './webhookconfiguration/sources.ts'

export interface OperatorOptions {
  readonly kubeConfig: KubeConfig
  readonly config: OperatorConfig
  readonly logger: Logger
  /** Defaults to metrics of its own, with those of the process. */
  readonly metrics?: Metrics
  /** Where agents listen. Defaults to their port; tests have their own. */
  readonly agentPort?: number
  /** See ReconcilerOptions. */
  readonly pollMs?: number
  /** See InterceptionReconcilerOptions. */
  readonly surveyMs?: number
  /** See LeaderElectorOptions. */
  readonly leaseDurationMs?: number
  /** See InformerOptions.idleTimeoutMs. */
  readonly watchIdleMs?: number
}

/** A set of thousands of pods changes all the time in a rollout: it is looked at ten times a second. */
const SET_INTERVAL_MS = 100

/** The operator: runs until the signal aborts. Errors: that of the part that broke. */
export interface Operator {
  run(signal: AbortSignal): Promise<void>
}

/** Puts the operator together; nothing is read or listened on before `run`. */
export function createOperator(options: OperatorOptions): Operator {
  const { kubeConfig, config, logger } = options
  const { namespace, identity } = config
  const clock = realClock
  const metrics = options.metrics ?? createMetrics({ processMetrics: true })
  createBuildInfo({ product: 'baton', component: OPERATOR, version: RELEASE }, metrics)
  const shared = { clock, logger, metrics }
  const user = { kubeConfig, userAgent: OPERATOR, fieldManager: OPERATOR }
  const transport = createTransport({ ...shared, ...user })
  // Renewals of the lease must not wait behind a rollout.
  const leaseTransport = createTransport({ ...shared, ...user })
  const client = createClient({ transport })

  const recorder = createEventRecorder({
    ...shared,
    client,
    component: OPERATOR,
    instance: identity,
    normalPerSecond: config.eventsPerSecond,
    // Of thousands of pods at a time nobody reads both.
    ends: { HandedOver: 'UpgradeStarted' } satisfies Partial<Record<EventReason, EventReason>>,
  })
  const idle = options.watchIdleMs === undefined ? {} : { idleTimeoutMs: options.watchIdleMs }
  const informed = { ...shared, ...idle }
  const caches = createCaches({ client, namespace, shared: informed })
  const interceptionCaches = createInterceptionCaches(client, caches.pods, informed)
  const gatewayCaches = createGatewayCaches(client, informed)
  const owner = () => installationOwner(caches.injection)
  const { directory, caLifetimeMs, overlapMs } = config.certificates
  const ownCa = (): Trust =>
    createAuthority({
      ...shared,
      client,
      namespace,
      secretName: AUTHORITY_SECRET,
      propagationMs: overlapMs,
      keeper: {
        caLifetimeMs,
        owner,
        isTrusted: (certificate) => isPublished(caches.injection, certificate),
      },
    })
  const trust =
    directory === undefined
      ? ownCa()
      : createMountedTrust({
          ...{ directory, overlapMs, clock, logger },
          published: () => publishedBundle(caches.injection),
        })
  const elector = createLeaderElector({
    ...shared,
    client: createClient({ transport: leaseTransport }),
    namespace,
    name: OPERATOR,
    identity,
    owner,
    ...(options.leaseDurationMs === undefined
      ? {}
      : {
          leaseDurationMs: options.leaseDurationMs,
          renewDeadlineMs: (options.leaseDurationMs * 2) / 3,
          retryPeriodMs: options.leaseDurationMs / 10,
        }),
  })
  const agents = createAgentClient({
    logger,
    metrics,
    ...(options.agentPort === undefined ? {} : { port: options.agentPort }),
  })
  const prefetcher = createPrefetcher({
    pods: client.resource(PODS),
    agentImage: config.agentImage,
    namespace,
    clock,
    prefetchPods: (set) => caches.pods.byIndex('prefetch', set),
    inUse: (node, image) => caches.pods.byIndex('runningImage', `${node} ${image}`).length > 0,
  })
  const poll = options.pollMs === undefined ? {} : { pollMs: options.pollMs }
  const watch = createAgentWatch({
    agents,
    clock,
    onNews: (set) => {
      sidecarSets.enqueue(set)
    },
    ...poll,
  })
  const prometheus = createPrometheusClient({ defaults: config.prometheus })
  const measurer = createMeasurer({ prometheus, clock })
  const sidecarSets = createController({
    ...shared,
    name: 'sidecarset',
    concurrency: 4,
    minIntervalMs: Math.min(SET_INTERVAL_MS, options.pollMs ?? SET_INTERVAL_MS),
    sources: sidecarSetSources(caches, measurer),
    reconcile: createReconciler({
      client,
      caches,
      agents,
      watch,
      prefetcher,
      analyses: createAnalyses({ measurer, metrics: createAnalysisMetrics(metrics), clock }),
      recorder: tellOfGateways(recorder, caches.gateways),
      metrics: createSidecarSetMetrics(metrics),
      namespace,
      clock,
      logger,
      podsAtATime: config.podsAtATime,
      ...poll,
    }),
  })
  const interceptions = createController({
    ...shared,
    name: 'trafficinterception',
    concurrency: 4,
    sources: interceptionSources(interceptionCaches),
    reconcile: createInterceptionReconciler({
      client,
      caches: interceptionCaches,
      agents,
      recorder,
      metrics: createInterceptionMetrics(metrics),
      clock,
      logger,
      ...(options.pollMs === undefined ? {} : { pollMs: options.pollMs }),
      ...(options.surveyMs === undefined ? {} : { surveyMs: options.surveyMs }),
    }),
  })
  const gateways = createController({
    ...shared,
    name: 'ingressgateway',
    concurrency: 4,
    sources: gatewaySources(caches.gateways, gatewayCaches),
    reconcile: createGatewayReconciler({
      client,
      gateways: caches.gateways,
      caches: gatewayCaches,
      revisions: caches.revisions,
      recorder,
      agentImage: config.agentImage,
      clock,
      logger,
    }),
  })
  const webhooks = createController({
    ...shared,
    name: 'webhookconfiguration',
    sources: webhookSources(caches, trust),
    reconcile: createWebhookReconciler({
      client,
      caches,
      caBundle: () => trust.bundle(),
      namespace,
      failurePolicy: config.failurePolicy,
      logger,
    }),
  })
  const { sets, pods, namespaces, revisions, injection } = caches
  const { objects, nodes } = interceptionCaches
  const { deployments, services } = gatewayCaches
  const informers = [
    ...[sets, pods, namespaces, revisions, injection, objects, nodes],
    ...[caches.gateways, deployments, services],
  ]
  const health = createProbeServer({
    port: config.healthPort,
    metrics,
    logger,
    healthChecks: {
      ...Object.fromEntries(informers.map((one) => [one.name, one.check])),
      sidecarset: sidecarSets.check,
      trafficinterception: interceptions.check,
      ingressgateway: gateways.check,
      webhookconfiguration: webhooks.check,
    },
    // A replica that waits for the lease is ready too: it is the one that takes over.
    readyChecks: {
      caches: () =>
        informers.every((one) => one.hasSynced()) ? undefined : 'the caches are not full yet',
    },
  })
  const scrape = createProbeServer({ port: config.metricsPort, metrics, logger })

  const manager = createManager({ logger })
  manager.add('base', health, scrape, recorder)
  // Together: a CA is made and rotated by what the caches say, and is there before anybody leads.
  manager.add('caches', ...informers, trust)
  manager.add('leader', elector)
  manager.add('controllers', watch, sidecarSets, interceptions, gateways, webhooks, measurer)
  return {
    run: async (signal) => {
      try {
        await manager.run(signal)
      } finally {
        await Promise.all([
          agents.close(),
          prometheus.close(),
          transport.close(),
          leaseTransport.close(),
        ])
      }
    },
  }
}
