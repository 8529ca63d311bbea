import { stringify } from 'yaml'

/** An OpenID Connect provider whose ID tokens the API server takes; users are `oidc:<subject>`. */
export interface TrustedIssuer {
  /** Over TLS, at an address that the node reaches. */
  readonly url: string
  readonly audience: string
  /** PEM. */
  readonly ca: string
}

/** The API server reads it again when it changes. */
export function authenticationConfig(issuers: readonly TrustedIssuer[]): string {
  return stringify({
    apiVersion: 'apiserver.config.k8s.io/v1beta1',
    kind: 'AuthenticationConfiguration',
    jwt: issuers.map(({ url, audience, ca }) => ({
      issuer: { url, audiences: [audience], certificateAuthority: ca },
      claimMappings: { username: { claim: 'sub', prefix: 'oidc:' } },
    })),
  })
}
