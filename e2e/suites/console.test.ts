import { KubeConfig } from '@kubernetes/client-node'
import { expect } from 'chai'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { CONSOLE, PORTS } from '../../api/installation.ts'
import { checkServedCertificates } from '../../cli/check/servedCertificates.ts'
import type { Cluster } from '../../cli/cluster/cluster.ts'
import { connectCluster } from '../../cli/cluster/cluster.ts'
import { startConsole } from '../../console/server.ts'
import { visitProvider } from '../../console/testing/oidcBrowser.ts'
import { startTestProvider } from '../../console/testing/oidcProvider.ts'
import { renderConsole } from '../../manifests/generate.ts'
import { labelsOf } from '../../manifests/names.ts'
import { INJECTION_CONFIGURATION } from '../../operator/webhookconfiguration/manifests.ts'
import { MUTATING_WEBHOOK_CONFIGURATIONS, PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { createCa, createLeaf } from '../../runtime/certificates/x509.ts'
import { waitFor } from '../environment/wait.ts'
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

  it('acts by the rights that the real API server gives a user of an OpenID Connect provider', async function () {
    this.timeout(120_000)
    const { nodeAccess, kubectl } = environment()
    if (!nodeAccess) this.skip()
    const own = environment().cluster
    const { hostAddress, kubeconfigPath } = own
    const ca = await createCa('the provider', Date.now(), 3_600_000)
    const leaf = await createLeaf(ca, [hostAddress], Date.now(), 3_600_000)
    const tls = { cert: leaf.certificate, key: leaf.key }
    const provider = await startTestProvider({ host: hostAddress, tls })
    const { issuer, clientId, clientSecret } = provider
    const kubeConfig = new KubeConfig()
    kubeConfig.loadFromFile(kubeconfigPath)
    const running = await startConsole({
      ...{ kubeConfig, assets: new Map(), port: 0, signIn: 'oidc' },
      oidc: { issuer, clientId, clientSecret, ca: ca.certificate },
    })
    const ask = async (path: string, cookies: readonly string[] = []) => {
      const headers = { cookie: cookies.join('; ') }
      const answer = await fetch(new URL(path, running.url), { headers, redirect: 'manual' })
      const given = answer.headers.getSetCookie().map((one) => one.split(';')[0] ?? '')
      return { answer, given, body: await answer.text() }
    }
    const signIn = async (): Promise<readonly string[]> => {
      const begun = await ask('/auth/login')
      const url = begun.answer.headers.get('location') ?? ''
      const back = await visitProvider(url, { login: 'ada', ca: ca.certificate })
      const { given } = await ask(`${back.pathname}${back.search}`, begun.given)
      const { answer, body } = await ask('/api/session', given)
      if (answer.status !== 200) throw new Error(body)
      return given
    }
    const role = 'baton-console-e2e'
    try {
      provider.serve(`${running.url}/auth/callback`)
      await own.trustIssuer({ url: issuer, audience: clientId, ca: ca.certificate })
      let refusal = ''
      const cookies = await waitFor(
        'the API server to take tokens of the provider',
        60_000,
        () =>
          signIn().catch((error: unknown) => {
            refusal = String(error)
            return undefined
          }),
        () => refusal,
        500,
      )
      const why = `/api/clusters/${kubeConfig.getCurrentContext()}/sets/nobody/why`
      const before = await ask(why, cookies)
      expect([before.answer.status, before.body.includes('oidc:ada')], before.body).to.deep.equal([
        403,
        true,
      ])
      const may = ['--verb=get,list,watch', '--resource=sidecarsets.baton.dev']
      await kubectl(['create', 'clusterrole', role, ...may])
      await kubectl([
        'create',
        'clusterrolebinding',
        role,
        `--clusterrole=${role}`,
        '--user=oidc:ada',
      ])
      const after = await waitFor('the right to be there', 20_000, async () => {
        const { answer, body } = await ask(why, cookies)
        return answer.status === 403 ? undefined : body
      })
      expect(after).to.match(/there is no SidecarSet/)
    } finally {
      await kubectl(['delete', '--ignore-not-found', 'clusterrole,clusterrolebinding', role])
      await own.trustIssuer()
      await running.close()
      await provider.close()
    }
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
