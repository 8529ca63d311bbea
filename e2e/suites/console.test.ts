import { expect } from 'chai'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { CONSOLE, PORTS } from '../../api/installation.ts'
import { checkServedCertificates } from '../../cli/check/servedCertificates.ts'
import type { Cluster } from '../../cli/cluster/cluster.ts'
import { connectCluster } from '../../cli/cluster/cluster.ts'
import { renderConsole } from '../../manifests/generate.ts'
import { labelsOf } from '../../manifests/names.ts'
import { INJECTION_CONFIGURATION } from '../../operator/webhookconfiguration/manifests.ts'
import { MUTATING_WEBHOOK_CONFIGURATIONS, PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { useEnvironment } from './sharedEnvironment.ts'

const HOST = `localhost:${PORTS.console}`

describe('the console in the cluster', () => {
  const environment = useEnvironment()
  const manifest = (): string =>
    renderConsole({ operatorImage: environment().product.operator.name })
  let cluster: Cluster | undefined

  after(async function () {
    this.timeout(60_000)
    await cluster?.close()
    await environment().kubectl(['delete', '--ignore-not-found', '-f', '-'], { input: manifest() })
  })

  it('asks the real API server by the token of who signed in, and has none of its own', async function () {
    this.timeout(120_000)
    const { kubectl, client } = environment()
    await kubectl(['apply', '--server-side', '-f', '-'], { input: manifest() })
    const where = ['--namespace', SYSTEM_NAMESPACE]
    await kubectl(['rollout', 'status', `deployment/${CONSOLE}`, '--timeout', '90s', ...where])
    const labelSelector = `app.kubernetes.io/name=${labelsOf(CONSOLE)['app.kubernetes.io/name'] ?? ''}`
    const { items } = await client
      .resource(PODS)
      .list({ namespace: SYSTEM_NAMESPACE, labelSelector })
    const [pod] = items
    if (pod === undefined) throw new Error('the console has no pod')
    expect(JSON.stringify(pod.spec?.volumes)).not.to.contain('serviceAccountToken')

    const { kubeconfigPath } = environment().cluster
    const forwarding = connectCluster({ kubeconfig: kubeconfigPath, env: {} })
    cluster = forwarding
    const ask = (path: string, options?: Asked) => askPod(forwarding, pod, path, options)
    const why = '/api/clusters/cluster/sets/nobody/why'
    expect(await ask(why)).to.include({ status: 401 })
    // Nobody but the API server could tell: address and CA are good.
    const wrong = await ask('/api/session', { body: { token: 'wrong' } })
    expect(wrong.body).to.match(/no cluster knows this token/)

    const token = (await kubectl(['create', 'token', 'default', '--namespace', 'default'])).trim()
    const { status, cookie } = await ask('/api/session', { body: { token } })
    expect(status).to.equal(200)
    const refused = await ask(why, { cookie })
    expect(refused.status).to.equal(403)
    expect(refused.body).to.contain('system:serviceaccount:default:default')
  })

  it('sees by such a connection which certificate the webhook really serves', async function () {
    this.timeout(60_000)
    if (cluster === undefined) return this.skip()
    const configuration = await environment()
      .client.resource(MUTATING_WEBHOOK_CONFIGURATIONS)
      .find({ name: INJECTION_CONFIGURATION })
    const seen = await checkServedCertificates(cluster, configuration, SYSTEM_NAMESPACE, Date.now())
    expect(seen.sentence).to.match(
      /^2 of the webhook's replicas serve DNS:baton-webhook.baton-system.svc, valid for 2\d hours/,
    )
    expect(seen.status).to.equal('Ok')
  })
})

interface Asked {
  /** Makes it a POST. */
  readonly body?: object
  readonly cookie?: string
}

/** One request over one port-forward: the console listens on the loopback of its pod. */
async function askPod(
  cluster: Cluster,
  { metadata }: Pod,
  path: string,
  { body, cookie = '' }: Asked = {},
): Promise<{ readonly status: number; readonly body: string; readonly cookie: string }> {
  const forwarded = await cluster.forward(metadata, PORTS.console)
  try {
    return await new Promise((resolve, reject) => {
      const change = { origin: `http://${HOST}`, 'content-type': 'application/json' }
      const asking = request({
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: { host: HOST, cookie, ...(body === undefined ? {} : change) },
        createConnection: () => forwarded.stream,
        signal: AbortSignal.timeout(20_000),
      })
      asking.once('error', reject)
      asking.once('response', (response) => {
        const given = response.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
        text(response).then((told) => {
          resolve({ status: response.statusCode ?? 0, body: told, cookie: given })
        }, reject)
      })
      asking.end(body === undefined ? undefined : JSON.stringify(body))
    })
  } finally {
    forwarded.close()
  }
}
