/** How the demo application runs. */
export interface AppConfig {
  /** Loopback by default: only the proxy in the same pod reaches it. */
  readonly hosts: readonly string[]
  readonly port: number
  readonly echoPort: number
  /** After SIGTERM: the application ends when nothing has come in for so long. */
  readonly quietMs: number
  /** After SIGTERM: the application ends in any case. */
  readonly graceMs: number
  /** Every `GET /` asks there first, as `http://host:port/`; empty: it asks nobody. */
  readonly upstream: string
}

/** Reads APP_HOSTS (comma separated), APP_PORT, APP_ECHO_PORT, APP_QUIET_MS, APP_GRACE_MS and APP_UPSTREAM. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): AppConfig {
  return {
    hosts: (env['APP_HOSTS'] ?? '127.0.0.1,::1').split(','),
    port: number(env, 'APP_PORT', 8080),
    echoPort: number(env, 'APP_ECHO_PORT', 9000),
    quietMs: number(env, 'APP_QUIET_MS', 2000),
    graceMs: number(env, 'APP_GRACE_MS', 25_000),
    upstream: env['APP_UPSTREAM'] ?? '',
  }
}

function number(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  otherwise: number,
): number {
  const text = env[name]
  if (text === undefined) return otherwise
  if (/^\d+$/.test(text)) return Number(text)
  throw new Error(`${name} is '${text}'; write a number of 0 or more`)
}
