import { KubeConfig } from '@kubernetes/client-node'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '../../../../runtime/client/client.ts'
import type { Client } from '../../../../runtime/client/client.ts'
import { createTransport } from '../../../../runtime/transport/transport.ts'
import { createAuthority, createSigningKey } from '../../../cluster/pki/authority.ts'
import type { KeyPair } from '../../../cluster/pki/authority.ts'
import { kubeconfig } from '../../../cluster/pki/kubeconfig.ts'
import { run } from '../../../cluster/run.ts'
import { waitFor } from '../../../environment/wait.ts'
import { auditPolicy } from './audit.ts'
import { startDaemon } from './daemon.ts'
import type { Daemon } from './daemon.ts'
import { API_ADDRESS, SERVICE_CIDR } from './network.ts'

/** A real API server with its etcd, and nothing else: no scheduler, no controllers, no nodes. */
export interface ControlPlane {
  readonly directory: string
  readonly auditLog: string
  /** Process of the API server. */
  readonly pid: number
  readonly client: Client
  /** The file of a user of that name, who may do anything. */
  kubeconfigOf(user: string): Promise<string>
  kubectl(args: readonly string[]): Promise<void>
  start(name: string, argv: readonly string[], environment?: Record<string, string>): Daemon
  /** Throws when one of its programs has ended. */
  readonly check: () => void
  stop(): Promise<void>
}

export interface ControlPlaneOptions {
  /** Made if it is not there. */
  readonly directory: string
  /** The folder with the Kubernetes programs. */
  readonly programs: string
}

const SERVER = `https://${API_ADDRESS}:6443`

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { directory, programs } = options
  const file = (name: string): string => join(directory, name)
  await mkdir(directory, { recursive: true })
  const [authority, signing] = await Promise.all([createAuthority('bench-ca'), createSigningKey()])
  const server = await authority.issue({
    commonName: 'kube-apiserver',
    usage: 'server',
    names: ['localhost', '127.0.0.1', API_ADDRESS],
  })
  const auditLog = file('audit.log')
  await Promise.all([
    writeFile(file('ca.crt'), authority.certificate),
    writePair(file('server'), server),
    writeFile(file('service-account.pub'), signing.publicKey),
    writeFile(file('service-account.key'), signing.privateKey),
    writeFile(file('audit.yaml'), auditPolicy()),
    writeFile(auditLog, ''),
  ])
  const daemons: Daemon[] = []
  const start: ControlPlane['start'] = (name, argv, environment) => {
    const daemon = startDaemon(name, argv, file(`${name}.log`), environment)
    daemons.push(daemon)
    return daemon
  }
  const check = (): void => {
    for (const daemon of daemons) {
      const end = daemon.ended()
      if (end !== undefined) throw new Error(`${end}\n${daemon.lastLines()}`)
    }
  }
  const kubeconfigOf = async (user: string): Promise<string> => {
    const pair = await authority.issue({
      commonName: user,
      organizations: ['system:masters'],
      usage: 'client',
    })
    const path = file(`${user}.kubeconfig`)
    const { certificate } = authority
    const text = { clusterName: 'bench', server: SERVER, authority: certificate, userName: user }
    await writeFile(path, kubeconfig({ ...text, user: pair }), { mode: 0o600 })
    return path
  }

  start('etcd', [
    join(programs, 'etcd'),
    `--data-dir=${file('etcd')}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    '--quota-backend-bytes=4294967296',
    '--listen-client-urls=http://127.0.0.1:2379',
    '--advertise-client-urls=http://127.0.0.1:2379',
    '--listen-peer-urls=http://127.0.0.1:2380',
  ])
  const apiServer = start('kube-apiserver', [
    join(programs, 'kube-apiserver'),
    '--etcd-servers=http://127.0.0.1:2379',
    '--secure-port=6443',
    `--advertise-address=${API_ADDRESS}`,
    '--endpoint-reconciler-type=none',
    `--service-cluster-ip-range=${SERVICE_CIDR}`,
    '--authorization-mode=RBAC',
    // There are no service accounts here: nothing makes them.
    '--disable-admission-plugins=ServiceAccount',
    `--client-ca-file=${file('ca.crt')}`,
    `--tls-cert-file=${file('server.crt')}`,
    `--tls-private-key-file=${file('server.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('service-account.pub')}`,
    `--service-account-signing-key-file=${file('service-account.key')}`,
    `--audit-policy-file=${file('audit.yaml')}`,
    `--audit-log-path=${auditLog}`,
    '--audit-log-maxsize=4096',
  ])
  const kubeConfig = new KubeConfig()
  kubeConfig.loadFromFile(await kubeconfigOf('bench'))
  const transport = createTransport({ kubeConfig, userAgent: 'bench', fieldManager: 'bench' })
  let seen = 'nothing'
  await waitFor(
    'the API server answers',
    60_000,
    async () => {
      check()
      try {
        await transport.request({ method: 'GET', path: '/api/v1/namespaces/default' })
        return true
      } catch (error) {
        seen = String(error)
        return undefined
      }
    },
    () => seen,
  )
  return {
    directory,
    auditLog,
    pid: apiServer.pid,
    client: createClient({ transport }),
    kubeconfigOf,
    kubectl: async (args) => {
      const own = `--kubeconfig=${file('bench.kubeconfig')}`
      await run([join(programs, 'kubectl'), own, ...args], { timeoutMs: 120_000 })
    },
    start,
    check,
    stop: async () => {
      await transport.close()
      // What depends on others first.
      for (const daemon of daemons.toReversed()) await daemon.stop()
    },
  }
}

async function writePair(path: string, { certificate, privateKey }: KeyPair): Promise<void> {
  await writeFile(`${path}.crt`, certificate)
  await writeFile(`${path}.key`, privateKey, { mode: 0o600 })
}
