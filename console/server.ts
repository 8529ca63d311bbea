import type { KubeConfig } from '@kubernetes/client-node'
import { randomBytes } from 'node:crypto'
import { CliError, usageError } from '../cli/cliError.ts'
import { realClock } from '../runtime/clock/clock.ts'
import type { Clock } from '../runtime/clock/clock.ts'
import { silentLogger } from '../runtime/logging/logger.ts'
import type { Logger } from '../runtime/logging/logger.ts'
import { createMetrics } from '../runtime/metrics/metrics.ts'
import { createProbeServer } from '../runtime/metrics/probeServer.ts'
import { closeGracefully, listen } from '../runtime/metrics/httpServer.ts'
import type { Impersonation } from '../runtime/transport/exchange.ts'
import type { Target } from './clusters/target.ts'
import { targetsOf } from './clusters/target.ts'
import { startUserView } from './clusters/userView.ts'
import { createApp } from './http/app.ts'
import type { Assets } from './http/assets.ts'
import { allowedFor, isLoopback } from './http/guard.ts'
import type { TlsFiles } from './http/listener.ts'
import { createListener } from './http/listener.ts'
import type { OidcSettings } from './oidc/provider.ts'
import { createOidcProvider } from './oidc/provider.ts'
import { refuseUnsafe } from './refuseUnsafe.ts'
import { createSessions } from './session/sessions.ts'
import { createViews } from './session/views.ts'
import type { SignIn } from './wire.ts'

export interface ConsoleOptions {
  /** Clusters are its contexts. */
  readonly kubeConfig: KubeConfig
  /** Only these contexts. Defaults to all. */
  readonly contexts?: readonly string[]
  readonly assets: Assets
  /** Defaults to 127.0.0.1. */
  readonly host?: string
  /** 0 takes any free one. */
  readonly port: number
  /** How users outside call it, such as https://console.example.com. */
  readonly externalUrl?: string
  /** More names that it answers under, as in the header Host. */
  readonly allowedHosts?: readonly string[]
  /** Serves TLS itself. */
  readonly tls?: TlsFiles
  /** Where the kubelet asks for health, at all addresses. */
  readonly healthPort?: number
  /**
   * `kubeconfig`: whoever has the printed address acts as the user of the kubeconfig. `token`: each
   * brings a token of his own, and the credentials of the kubeconfig are not used. Defaults to
   * kubeconfig on loopback, and to token elsewhere. `oidc`: each signs in at the provider, whose ID
   * token is the bearer token.
   */
  readonly signIn?: SignIn
  readonly readOnly?: boolean
  /** With `oidc`, and with nothing else. */
  readonly oidc?: OidcSettings
  /** With `kubeconfig` alone. */
  readonly impersonation?: Impersonation
  /** Defaults to 8 hours. */
  readonly sessionMs?: number
  /** How often clusters are asked whether they are there. Defaults to 5,000. */
  readonly probeMs?: number
  /** A cluster that takes longer to answer is away. Defaults to 4,000. */
  readonly probeDeadlineMs?: number
  /** How often agents of pods in flight are asked. Defaults to 1,000. */
  readonly agentMs?: number
  readonly clock?: Clock
  readonly logger?: Logger
}

export interface RunningConsole {
  /** Where it listens. */
  readonly url: string
  /** What the user opens: with the key, where one is needed. */
  readonly signInUrl: string
  readonly signIn: SignIn
  /** Names of the contexts that are shown. */
  readonly clusters: readonly string[]
  close(): Promise<void>
}

const SESSION_MS = 8 * 3_600_000
const PROBE_DEADLINE_MS = 4_000
const IDLE_VIEW_MS = 60_000
const GRACE_MS = 2_000

/** Starts to serve. Errors: CliError when that would not be safe, or the port is taken. */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const { host = '127.0.0.1', externalUrl, clock = realClock, logger = silentLogger } = options
  const signIn = options.signIn ?? (isLoopback(host) ? 'kubeconfig' : 'token')
  const { allowedHosts = [], tls } = options
  refuseUnsafe({ ...options, host, signIn })
  const targets = targetsOf(options.kubeConfig).filter(
    ({ name }) => options.contexts === undefined || options.contexts.includes(name),
  )
  if (targets.length === 0) throw usageError('there is no cluster to show', 'name a context')
  const trusting = options.oidc?.clusters
  refuseUnknown(trusting ?? [], targets)
  const launchKey = randomBytes(24).toString('base64url')
  const sessions = createSessions({
    lifetimeMs: options.sessionMs ?? SESSION_MS,
    now: () => clock.now(),
  })
  const views = createViews({
    sessions,
    idleMs: IDLE_VIEW_MS,
    start: (credential) =>
      startUserView({
        targets,
        credential,
        impersonation: options.impersonation,
        clock,
        probeMs: options.probeMs ?? 5_000,
        probeDeadlineMs: options.probeDeadlineMs ?? PROBE_DEADLINE_MS,
      }),
  })
  let port = options.port
  const app = createApp({
    assets: options.assets,
    targets:
      trusting === undefined ? targets : targets.filter(({ name }) => trusting.includes(name)),
    ticked: trusting !== undefined,
    signIn,
    launchKey,
    readOnly: options.readOnly ?? false,
    allowed: () =>
      allowedFor({
        ...{ host, port, allowedHosts, tls: tls !== undefined },
        ...(externalUrl === undefined ? {} : { externalUrl }),
      }),
    secure: tls !== undefined || externalUrl?.startsWith('https:') === true,
    sessions,
    views,
    clock,
    agentMs: options.agentMs ?? 1_000,
    logger,
    ...(options.oidc === undefined ? {} : { oidc: createOidcProvider(options.oidc) }),
  })
  const { server, stop } = await createListener(app, { tls, logger })
  try {
    port = await listen(server, options.port, host)
  } catch (error) {
    throw new CliError({
      exit: 'error',
      reason: 'CannotListen',
      message: `the console cannot listen on ${host}:${options.port}: ${String(error)}`,
      remedy: 'choose another by --port, or any free one by --port 0',
      cause: error,
    })
  }
  const stopProbes = options.healthPort === undefined ? undefined : probes(options.healthPort)
  const scheme = tls === undefined ? 'http' : 'https'
  const url = externalUrl ?? `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    url,
    signInUrl: signIn === 'kubeconfig' ? `${url}/#key=${launchKey}` : `${url}/`,
    signIn,
    clusters: targets.map(({ name }) => name),
    close: async () => {
      stop()
      await views.close()
      await closeGracefully(server, GRACE_MS)
      // Last: who looks shall come back, not be told to have signed out.
      sessions.close()
      await stopProbes?.()
    },
  }
}

function refuseUnknown(trusting: readonly string[], targets: readonly Target[]): void {
  const names = targets.map(({ name }) => name)
  const unknown = trusting.find((name) => !names.includes(name))
  if (unknown === undefined) return
  throw usageError(
    `--oidc-clusters names "${unknown}", which is not shown`,
    `write some of ${names.join(', ')}`,
  )
}

/** For the kubelet: it lives while it answers. Gives the stop. */
function probes(port: number): () => Promise<void> {
  const ending = new AbortController()
  const running = createProbeServer({ port, metrics: createMetrics() }).run(ending.signal)
  return async () => {
    ending.abort()
    await running
  }
}
