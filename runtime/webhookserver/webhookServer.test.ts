import { expect } from 'chai'
import { Agent, request as undiciRequest } from 'undici'
import { createCa, createLeaf } from '../certificates/x509.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { until } from '../testing/until.ts'
import type { AdmissionHandler } from './admission.ts'
import { allow, deny } from './admission.ts'
import { createWebhookServer } from './webhookServer.ts'
import type { WebhookServer } from './webhookServer.ts'

describe('webhook server', () => {
  const name = 'webhook.system.svc'
  const metrics = createMetrics()
  const stop = new AbortController()
  let server: WebhookServer
  let ended: Promise<void>
  let agent: Agent
  let release = Promise.withResolvers<undefined>()

  const handlers: Record<string, AdmissionHandler> = {
    '/patch': () =>
      allow({ patch: [{ op: 'add', path: '/x', value: 'ä' }], warnings: ['take care'] }),
    '/deny': () => deny('spec.a must be 1', { causes: [{ field: 'spec.a', message: 'is 2' }] }),
    '/throw': () => {
      throw new Error('a secret detail')
    },
    '/slow': async () => {
      await release.promise
      return allow()
    },
    '/never': () => new Promise(() => undefined),
    '/echo': (request) => allow({ auditAnnotations: { seen: JSON.stringify(request) } }),
  }

  before(async () => {
    const ca = await createCa('a CA', Date.now(), 3_600_000)
    const leaf = await createLeaf(ca, [name], Date.now(), 3_600_000)
    server = createWebhookServer({
      port: 0,
      host: '127.0.0.1',
      certificate: {
        current: () => ({ cert: leaf.certificate, key: leaf.key, notAfterMs: leaf.notAfterMs }),
        onChange: () => () => undefined,
        ready: () => Promise.resolve(),
      },
      handlers,
      handlerDeadlineMs: 20_000,
      drainMs: 2_000,
      metrics,
    })
    ended = server.run(stop.signal)
    await server.ready(stop.signal)
    agent = new Agent({ connect: { ca: ca.certificate, servername: name } })
  })
  after(async () => {
    stop.abort()
    await ended
    await agent.close()
  })

  interface Answer {
    readonly status: number
    readonly body: {
      readonly kind?: string
      readonly response?: Readonly<Record<string, unknown>> & {
        readonly status?: Readonly<Record<string, unknown>>
      }
    }
    readonly headers: Readonly<Record<string, string | string[] | undefined>>
  }
  const send = async (path: string, body: string, type = 'application/json'): Promise<Answer> => {
    const answer = await undiciRequest(`https://127.0.0.1:${server.port()}${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
      dispatcher: agent,
    })
    const json = (await answer.body.json()) as Answer['body']
    return { status: answer.statusCode, body: json, headers: answer.headers }
  }
  const review = (extra: object = {}): string =>
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { uid: 'u-1', operation: 'CREATE', namespace: 'default', ...extra },
    })

  it('answers with the patch, the warnings and the uid', async () => {
    const { status, body } = await send('/patch', review())
    expect(status).to.equal(200)
    expect(body.response).to.include({ uid: 'u-1', allowed: true, patchType: 'JSONPatch' })
    expect(body.response?.['warnings']).to.deep.equal(['take care'])
    const patch = Buffer.from(String(body.response?.['patch']), 'base64').toString()
    expect(JSON.parse(patch)).to.deep.equal([{ op: 'add', path: '/x', value: 'ä' }])
  })

  it('refuses with a 4xx, a sentence and the field', async () => {
    const { status, body } = await send('/deny', review())
    expect(status).to.equal(200)
    expect(body.response).to.include({ uid: 'u-1', allowed: false })
    expect(body.response?.status).to.include({ code: 422, reason: 'Invalid' })
    expect(body.response?.status?.['message']).to.equal('spec.a must be 1')
    expect(JSON.stringify(body.response?.status)).to.contain('"field":"spec.a"')
  })

  it('answers 500 with a review when the handler throws, and keeps the cause to itself', async () => {
    const { status, body } = await send('/throw', review())
    expect(status).to.equal(500)
    expect(body.response).to.include({ uid: 'u-1', allowed: false })
    expect(JSON.stringify(body)).not.to.contain('secret')
  })

  it('answers before the API server gives up, whatever the handler does', async () => {
    const { status, body } = await send('/never?timeout=1s', review())
    expect(status).to.equal(500)
    expect(body.response?.status?.['message']).to.equal(
      'the webhook did not come to an end in time',
    )
  })

  it('hands over the request as it is', async () => {
    const { body } = await send(
      '/echo',
      review({ dryRun: true, object: { a: 1 }, oldObject: null, userInfo: { username: 'me' } }),
    )
    const annotations = body.response?.['auditAnnotations'] as Readonly<Record<string, string>>
    const seen: unknown = JSON.parse(annotations['seen'] ?? '')
    expect(seen).to.deep.include({ uid: 'u-1', dryRun: true, object: { a: 1 } })
    expect(seen).not.to.have.property('oldObject')
  })

  const mistakes: Record<
    string,
    [path: string, body: string, type: string, status: number, message: string]
  > = {
    'what is no JSON': ['/patch', '{', 'application/json', 400, 'could not be read as JSON'],
    'what is no review': ['/patch', '{}', 'application/json', 400, 'no AdmissionReview'],
    'a review of another version': [
      '/patch',
      JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1beta1' }),
      'application/json',
      400,
      'admissionReviewVersions',
    ],
    'another content type': ['/patch', review(), 'text/plain', 415, 'application/json'],
    'a path that is not there': ['/nothing', review(), 'application/json', 404, 'no webhook at'],
    'a body that is too large': [
      '/patch',
      JSON.stringify({ x: 'x'.repeat(7_400_000) }),
      'application/json',
      413,
      'larger than 7mb',
    ],
  }
  for (const [what, [path, body, type, status, message]] of Object.entries(mistakes)) {
    it(`answers a review with a sentence to ${what}`, async () => {
      const answer = await send(path, body, type)
      expect(answer.status).to.equal(status)
      expect(answer.body.kind).to.equal('AdmissionReview')
      expect(answer.body.response?.status?.['message']).to.contain(message)
    })
  }

  it('takes a body of 6 MB', async () => {
    const { status } = await send('/patch', review({ object: { x: 'x'.repeat(6_000_000) } }))
    expect(status).to.equal(200)
  })

  it('counts requests', async () => {
    const text = await metrics.text()
    expect(text).to.match(/webhook_requests_total\{webhook="\/patch",code="200"\} [1-9]/)
    expect(text).to.match(/webhook_requests_total\{webhook="\/throw",code="500"\} 1/)
    expect(text).to.contain('webhook_requests_in_flight{webhook="/patch"} 0')
  })

  it('counts a refusal with a reason apart from failures, and from 0 on', async () => {
    const text = await metrics.text()
    expect(text).to.match(/refusals_total\{webhook="\/deny"\} 1$/m)
    expect(text).to.match(/refusals_total\{webhook="\/throw"\} 0$/m)
    expect(text).to.match(/webhook_requests_total\{webhook="\/deny",code="500"\} 0$/m)
  })

  it('ends requests in flight before it stops, and is not ready meanwhile', async () => {
    release = Promise.withResolvers()
    expect(server.check()).to.equal(undefined)
    const slow = send('/slow', review())
    await until(async () =>
      (await metrics.text()).includes('webhook_requests_in_flight{webhook="/slow"} 1'),
    )
    stop.abort()
    await until(() => server.check() === 'the webhook server is stopping')
    const during = await send('/patch', review())
    expect(during.headers['connection']).to.equal('close')
    release.resolve(undefined)
    expect((await slow).status).to.equal(200)
    await ended
  })
})
