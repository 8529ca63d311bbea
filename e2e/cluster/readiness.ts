import { connect } from 'node:net'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import { ClusterError } from './errors.ts'
import type { Credentials } from './pki/certificates.ts'
import type { NetworkPlan } from './plan.ts'
import { waitFor } from './wait.ts'

export interface ReadinessOptions {
  readonly credentials: Credentials
  readonly plan: NetworkPlan
  readonly nodeName: string
  readonly step: (line: string) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * Waits until a pod could be made and would run: the API server is ready, the node is Ready,
 * services are reached, and the default service account exists.
 */
export async function becomeReady(options: ReadinessOptions): Promise<void> {
  const { credentials, plan, nodeName, step, signal } = options
  const { server, authority, admin } = credentials
  const pool = new Pool(server, {
    connect: { ca: authority, cert: admin.certificate, key: admin.privateKey },
    connectTimeout: 5_000,
    headersTimeout: 10_000,
    bodyTimeout: 10_000,
  })
  const wait = { deadlineMs: 120_000, intervalMs: 100, signal }
  try {
    await waitFor('the API server is ready', () => request(pool, 'GET', '/readyz'), wait)
    step('API server ready')
    await waitFor('kube-proxy gets its rights', () => bindKubeProxy(pool), wait)
    const nodePath = `/api/v1/nodes/${nodeName}`
    await waitFor(
      'the node is Ready',
      async () => isReady(await request(pool, 'GET', nodePath)),
      wait,
    )
    step('node Ready')
    const service = plan.apiServiceAddress
    await waitFor('kube-proxy forwards services', () => canConnect(service, 443), wait)
    step('services reachable')
    const account = '/api/v1/namespaces/default/serviceaccounts/default'
    await waitFor('the default service account exists', () => request(pool, 'GET', account), wait)
    step('default service account exists')
  } finally {
    await pool.destroy()
  }
}

/** kube-proxy's role comes with Kubernetes, its binding with whoever installs the cluster. */
async function bindKubeProxy(pool: Pool): Promise<true> {
  const group = 'rbac.authorization.k8s.io'
  const binding = {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'baton:kube-proxy' },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'system:node-proxier' },
    subjects: [{ apiGroup: group, kind: 'User', name: 'system:kube-proxy' }],
  }
  const path = `/apis/${group}/v1/clusterrolebindings/${binding.metadata.name}`
  await request(pool, 'PATCH', `${path}?fieldManager=baton-cluster&force=true`, binding)
  return true
}

function canConnect(host: string, port: number): Promise<true> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 500 })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('timeout', () => {
      socket.destroy(new Error(`no connection to ${host}:${port} after 500 ms`))
    })
    socket.once('error', reject)
  })
}

function isReady(body: string): boolean {
  const node = JSON.parse(body) as {
    status?: { conditions?: readonly { type: string; status: string }[] }
  }
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.status === 'True'
}

async function request(
  pool: Pool,
  method: Dispatcher.HttpMethod,
  path: string,
  body?: object,
): Promise<string> {
  const { statusCode, body: answer } = await pool.request({
    method,
    path,
    ...(body === undefined
      ? {}
      : {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/apply-patch+yaml' },
        }),
  })
  const text = await answer.text()
  if (statusCode < 300) return text
  const seen = `${method} ${path} answered ${statusCode}: ${text.slice(0, 200)}`
  throw new ClusterError('StartFailed', seen)
}
