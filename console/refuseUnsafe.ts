import { usageError } from '../cli/cliError.ts'
import type { Impersonation } from '../runtime/transport/exchange.ts'
import { isHostName, isLoopback } from './http/guard.ts'
import type { SignIn } from './wire.ts'

export interface Exposure {
  readonly host: string
  readonly signIn: SignIn
  readonly externalUrl?: string
  readonly allowedHosts?: readonly string[]
  readonly tls?: object
  readonly impersonation?: Impersonation
  readonly oidc?: { readonly issuer: string }
}

/**
 * What would let strangers act as the user, or tokens go over the wire in the clear. Errors:
 * CliError with what to do instead.
 */
export function refuseUnsafe(exposure: Exposure): void {
  const { host, signIn, externalUrl, allowedHosts = [], tls, impersonation } = exposure
  if (externalUrl !== undefined && !/^https?:\/\/[^/]+\/?$/.test(externalUrl)) {
    throw usageError(
      `--external-url is "${externalUrl}"`,
      'write scheme and host, such as https://console.example.com',
    )
  }
  const wrong = allowedHosts.find((name) => !isHostName(name))
  if (wrong !== undefined) {
    throw usageError(
      `--allowed-host is "${wrong}"`,
      'write it as browsers do, without a scheme: console.example.com or localhost:9000',
    )
  }
  if (signIn !== 'kubeconfig' && impersonation !== undefined) {
    throw usageError('users who sign in are themselves', 'leave --as out')
  }
  refuseUnsafeIssuer(exposure)
  if (isLoopback(host)) return
  if (signIn === 'kubeconfig') {
    throw usageError(
      `at ${host} everybody who reaches it would act as you`,
      'let each bring a token by --sign-in=token, or listen on 127.0.0.1',
    )
  }
  if (tls === undefined && externalUrl?.startsWith('https:') !== true) {
    throw usageError(
      `at ${host} tokens and sessions would go over the network in the clear`,
      'give it a certificate by --tls-cert and --tls-key, or put it behind TLS and name that address by --external-url=https://…',
    )
  }
}

function refuseUnsafeIssuer({ signIn, oidc }: Exposure): void {
  if ((signIn === 'oidc') !== (oidc !== undefined)) {
    throw usageError(
      oidc === undefined
        ? '--sign-in=oidc needs a provider'
        : '--oidc-issuer is for --sign-in=oidc alone',
      'name the provider by --oidc-issuer and --oidc-client-id, with --sign-in=oidc',
    )
  }
  if (oidc === undefined) return
  const url = URL.parse(oidc.issuer)
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (isSafe && url.search === '' && url.hash === '') return
  throw usageError(
    `--oidc-issuer is "${oidc.issuer}"`,
    'write it as the provider and the API servers name it: https://id.example.com',
  )
}
