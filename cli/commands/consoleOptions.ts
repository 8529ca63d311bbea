import type { KubeConfig } from '@kubernetes/client-node'
import { readFileSync } from 'node:fs'
import { inClusterConfig } from '../../console/clusters/inCluster.ts'
import type { OidcSettings } from '../../console/oidc/provider.ts'
import type { ConsoleOptions } from '../../console/server.ts'
import { signIns } from '../../console/wire.ts'
import type { SignIn } from '../../console/wire.ts'
import type { Fields, Logger } from '../../runtime/logging/logger.ts'
import { usageError } from '../cliError.ts'
import { loadKubeConfig, useContext } from '../cluster/kubeconfig.ts'
import type { Call } from '../commandline/command.ts'
import type { Flags } from '../commandline/flags.ts'

export const DEFAULT_PORT = 8011

/**
 * What the command line asks of the console. Errors: CliError that names the option.
 */
export function consoleOptions({ flags, io }: Call): Omit<ConsoleOptions, 'assets'> {
  const user = flags.text('as')
  const health = flags.text('health-port')
  const asked = {
    readOnly: flags.has('read-only'),
    logger: loggerTo(io.warn),
    port: portOf('port', flags.text('port') ?? String(DEFAULT_PORT)),
    allowedHosts: flags.texts('allowed-host'),
    ...given('host', hostOf(flags)),
    ...given('externalUrl', flags.text('external-url')),
    ...given('tls', tlsOf(flags)),
    ...given('healthPort', health === undefined ? undefined : portOf('health-port', health)),
    ...given('signIn', signInOf(flags)),
    ...given('oidc', oidcOf(flags)),
    ...given('sessionMs', flags.duration('session')),
    ...given(
      'impersonation',
      user === undefined ? undefined : { user, groups: flags.texts('as-group') },
    ),
  }
  const kubeConfig = kubeConfigOf(flags, io.env)
  const named = flags.text('contexts') ?? flags.text('context')
  const contexts = named === undefined ? undefined : namesOf(named)
  for (const name of contexts ?? []) useContext(kubeConfig, name)
  return { ...asked, kubeConfig, ...given('contexts', contexts) }
}

function kubeConfigOf(flags: Flags, env: Readonly<Record<string, string | undefined>>): KubeConfig {
  const kubeconfig = flags.text('kubeconfig')
  const name = flags.text('in-cluster')
  if (name === undefined) return loadKubeConfig({ kubeconfig, env })
  // Only what is named: whatever else lies about in a pod is not asked for.
  const others = kubeconfig === undefined ? undefined : loadKubeConfig({ kubeconfig, env })
  return inClusterConfig({ name, env, ...given('others', others) })
}

/** In a pod the user of a kubeconfig would be nobody, or one that everybody could act as. */
function signInOf(flags: Flags): SignIn | undefined {
  const asked =
    signIns.find((one) => one === flags.text('sign-in')) ??
    (flags.text('oidc-issuer') === undefined ? undefined : 'oidc')
  if (flags.text('in-cluster') === undefined) return asked
  if (asked !== 'kubeconfig') return asked ?? 'token'
  throw usageError(
    'in a cluster there is no user of a kubeconfig to act as',
    'leave --sign-in out, and each user brings a token',
  )
}

/** In a pod others reach it as soon as that is safe; until then a port-forward does. */
function hostOf(flags: Flags): string | undefined {
  const asked = flags.text('listen')
  if (asked !== undefined || flags.text('in-cluster') === undefined) return asked
  const isSafe =
    flags.text('tls-cert') !== undefined ||
    flags.text('external-url')?.startsWith('https:') === true
  return isSafe ? '0.0.0.0' : undefined
}

function tlsOf(flags: Flags): ConsoleOptions['tls'] {
  const [cert, key] = [flags.text('tls-cert'), flags.text('tls-key')]
  if (cert === undefined && key === undefined) return undefined
  if (cert !== undefined && key !== undefined) return { cert, key }
  throw usageError(
    `--tls-${cert === undefined ? 'key' : 'cert'} is given alone`,
    'name both, a certificate and its key',
  )
}

function oidcOf(flags: Flags): OidcSettings | undefined {
  const [issuer, clientId] = [flags.text('oidc-issuer'), flags.text('oidc-client-id')]
  const clusters = flags.text('oidc-clusters')
  if (issuer === undefined && clientId === undefined) {
    if (clusters === undefined) return undefined
    throw usageError('--oidc-clusters is given without a provider', 'name it by --oidc-issuer')
  }
  if (issuer === undefined || clientId === undefined) {
    throw usageError(
      `--oidc-${issuer === undefined ? 'client-id' : 'issuer'} is given alone`,
      'name both: who the provider is, and as what it knows the console',
    )
  }
  const secret = flags.text('oidc-client-secret-file')
  const ca = flags.text('oidc-ca')
  return {
    issuer,
    clientId,
    scopes: flags.texts('oidc-scope'),
    ...given(
      'clientSecret',
      secret === undefined ? undefined : read('oidc-client-secret-file', secret).trim(),
    ),
    ...given('clusters', clusters === undefined ? undefined : namesOf(clusters)),
    ...given('ca', ca === undefined ? undefined : read('oidc-ca', ca)),
  }
}

function namesOf(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim())
}

function read(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw usageError(`--${option} is "${file}", which cannot be read: ${String(error)}`)
  }
}

function portOf(name: string, text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw usageError(`--${name} is "${text}", which is no port`, 'write a number from 0 to 65535')
}

/** Faults of the console itself, a line each; what users are refused they see. */
function loggerTo(warn: (text: string) => void): Logger {
  const say = (message: string, { error, path = '' }: Fields = {}): void => {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
    warn(`console: ${message} ${String(path)}: ${why}\n`)
  }
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: say,
    error: say,
    with: () => logger,
  }
  return logger
}

/** An option, if it was given. */
function given<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: V }
}
