import { stringify } from 'yaml'
import type { KeyPair } from './authority.ts'

/** A kubeconfig file's text: one cluster, one user with a client certificate, everything in it. */
export function kubeconfig(options: {
  readonly clusterName: string
  readonly server: string
  readonly authority: string
  readonly userName: string
  readonly user: KeyPair
}): string {
  const { clusterName, server, authority, userName, user } = options
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: clusterName, cluster: { server, 'certificate-authority-data': base64(authority) } },
    ],
    users: [
      {
        name: userName,
        user: {
          'client-certificate-data': base64(user.certificate),
          'client-key-data': base64(user.privateKey),
        },
      },
    ],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user: userName } }],
    'current-context': clusterName,
  })
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
