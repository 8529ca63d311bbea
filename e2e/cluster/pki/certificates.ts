import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import type { NetworkPlan } from '../plan.ts'
import { createAuthority, createSigningKey } from './authority.ts'
import type { CertificateRequest, KeyPair } from './authority.ts'
import { kubeconfig } from './kubeconfig.ts'

/** How to talk to the API server as its administrator. */
export interface Credentials {
  readonly server: string
  readonly authority: string
  readonly admin: KeyPair
}

/**
 * Writes all keys, certificates and kubeconfigs of a new cluster: `<name>.crt`, `<name>.key` and
 * `<user>.kubeconfig` into the folder `pki`, the administrator's kubeconfig beside it.
 */
export async function writeCertificates(
  layout: Layout,
  plan: NetworkPlan,
  nodeName: string,
): Promise<Credentials> {
  const { nodeAddress, apiServiceAddress } = plan
  const [ca, frontCa, serviceAccount] = await Promise.all([
    createAuthority('kubernetes-ca'),
    createAuthority('front-proxy-ca'),
    createSigningKey(),
  ])
  const service = 'kubernetes.default.svc.cluster.local'.split('.')
  const serviceNames = service.map((_, index) => service.slice(0, index + 1).join('.'))
  const servers: Record<string, CertificateRequest> = {
    apiserver: {
      commonName: 'kube-apiserver',
      usage: 'server',
      names: [...serviceNames, 'localhost', '127.0.0.1', nodeAddress, apiServiceAddress],
    },
    'kubelet-server': {
      commonName: nodeName,
      usage: 'server',
      names: [nodeName, nodeAddress, '127.0.0.1'],
    },
    'apiserver-kubelet': client('kube-apiserver-kubelet-client', 'system:masters'),
  }
  // The names are those that Kubernetes' own roles are bound to.
  const users: Record<string, CertificateRequest> = {
    'kube-controller-manager': client('system:kube-controller-manager'),
    'kube-scheduler': client('system:kube-scheduler'),
    'kube-proxy': client('system:kube-proxy'),
    kubelet: client(`system:node:${nodeName}`, 'system:nodes'),
  }
  const write = async (name: string, text: string) => {
    await writeFile(join(layout.pki, name), text, { mode: 0o600 })
  }
  const writePair = async (name: string, pair: KeyPair) => {
    await write(`${name}.crt`, pair.certificate)
    await write(`${name}.key`, pair.privateKey)
  }
  const server = `https://${nodeAddress}:6443`
  const kubeconfigOf = (userName: string, user: KeyPair) =>
    kubeconfig({
      clusterName: `baton-${layout.name}`,
      server,
      authority: ca.certificate,
      userName,
      user,
    })

  const admin = await ca.issue(client('kubernetes-admin', 'system:masters'))
  await Promise.all([
    writePair('ca', ca),
    writePair('front-proxy-ca', frontCa),
    frontCa.issue(client('front-proxy-client')).then((pair) => writePair('front-proxy', pair)),
    write('service-account.pub', serviceAccount.publicKey),
    write('service-account.key', serviceAccount.privateKey),
    ...Object.entries(servers).map(async ([name, request]) => {
      await writePair(name, await ca.issue(request))
    }),
    ...Object.entries(users).map(async ([name, request]) => {
      await write(`${name}.kubeconfig`, kubeconfigOf(name, await ca.issue(request)))
    }),
    writeFile(layout.kubeconfig, kubeconfigOf('admin', admin), { mode: 0o600 }),
  ])
  return { server, authority: ca.certificate, admin }
}

function client(commonName: string, ...organizations: string[]): CertificateRequest {
  return { commonName, organizations, usage: 'client' }
}
