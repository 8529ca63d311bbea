import { hostname } from 'node:os'
import { SYSTEM_NAMESPACE } from '../api/group.ts'
import { PORTS } from '../api/installation.ts'
import type { Environment } from '../runtime/environment/environment.ts'
import { readerOf } from '../runtime/environment/environment.ts'
import type { LogLevel } from '../runtime/logging/logger.ts'
import type { DefaultPrometheus } from './sidecarset/analysis/prometheus.ts'

const FAILURE_POLICIES = ['Fail', 'Ignore'] as const
/** As in webhook configurations. */
export type FailurePolicy = (typeof FAILURE_POLICIES)[number]

/** What the operator is told by its environment. */
export interface OperatorConfig {
  /** POD_NAME: identity in the leader election. Defaults to the host's name. */
  readonly identity: string
  /** POD_NAMESPACE. */
  readonly namespace: string
  /** AGENT_IMAGE: brings the launcher into prefetch pods. */
  readonly agentImage: string
  /** FAILURE_POLICY: what becomes of a selected pod while no webhook answers. Defaults to Fail. */
  readonly failurePolicy: FailurePolicy
  /** PODS_AT_A_TIME: pods written at the same time, by all rollouts of one set. Defaults to 16. */
  readonly podsAtATime: number
  /** EVENTS_PER_SECOND: Normal events written in a second, after a burst. Defaults to 30. */
  readonly eventsPerSecond: number
  /** LOG_LEVEL. */
  readonly logLevel: LogLevel
  /** METRICS_PORT: /metrics. */
  readonly metricsPort: number
  /** HEALTH_PORT: /healthz and /readyz. */
  readonly healthPort: number
  /** PROMETHEUS_ADDRESS, PROMETHEUS_TOKEN_FILE: whom analyses ask that name nobody else. */
  readonly prometheus?: DefaultPrometheus
  readonly certificates: {
    /** CERTIFICATE_DIRECTORY: where another one's certificates are. Absent: our own CA. */
    readonly directory?: string
    /** CA_LIFETIME_SECONDS. Defaults to 365 days. */
    readonly caLifetimeMs: number
    /** CERTIFICATE_OVERLAP_SECONDS: how long a new CA is only trusted. Defaults to 10 minutes. */
    readonly overlapMs: number
  }
}

/** Connections to the API server, less those of the watches. */
const MOST_PODS_AT_A_TIME = 48

/** The environment with defaults filled in. @throws EnvironmentError */
export function readConfig(environment: Environment = process.env): OperatorConfig {
  const read = readerOf(environment)
  const directory = read.text('CERTIFICATE_DIRECTORY', '')
  const address = read.text('PROMETHEUS_ADDRESS', '')
  const tokenFile = read.text('PROMETHEUS_TOKEN_FILE', '')
  return {
    identity: read.text('POD_NAME', hostname()),
    namespace: read.text('POD_NAMESPACE', SYSTEM_NAMESPACE),
    agentImage: read.required('AGENT_IMAGE'),
    failurePolicy: read.oneOf('FAILURE_POLICY', FAILURE_POLICIES, 'Fail'),
    podsAtATime: read.wholeNumber('PODS_AT_A_TIME', 1, MOST_PODS_AT_A_TIME, 16),
    eventsPerSecond: read.wholeNumber('EVENTS_PER_SECOND', 1, 1_000, 30),
    logLevel: read.logLevel(),
    metricsPort: read.port('METRICS_PORT', PORTS.metrics),
    healthPort: read.port('HEALTH_PORT', PORTS.health),
    ...(address === ''
      ? {}
      : { prometheus: { address, ...(tokenFile === '' ? {} : { tokenFile }) } }),
    certificates: {
      ...(directory === '' ? {} : { directory }),
      caLifetimeMs: read.seconds('CA_LIFETIME_SECONDS', 1, 365 * 86_400),
      overlapMs: read.seconds('CERTIFICATE_OVERLAP_SECONDS', 1, 600),
    },
  }
}
