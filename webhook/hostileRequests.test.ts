import { expect } from 'chai'
import {
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  oneof,
  record,
  string,
  uint8Array,
} from 'fast-check'
import { connect } from 'node:net'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { SIDECAR_SETS } from '../api/v1beta1/kinds.ts'
import { NAMESPACES } from '../runtime/client/kinds.ts'
import { pod, sidecarSet } from './inject/testing/build.ts'
import type { Answer, StartedWebhook } from './testing/startWebhook.ts'
import { startWebhook } from './testing/startWebhook.ts'

const PATHS = ['/inject', '/default-sidecarset', '/validate-sidecarset'] as const
const JSON_BODY = { 'content-type': 'application/json' }

interface Review {
  readonly kind?: string
  readonly response?: {
    readonly uid?: string
    readonly allowed?: boolean
    readonly status?: { readonly message?: string }
  }
}

/** @throws when the answer is no AdmissionReview with a decision and, for a refusal, a sentence */
function reviewIn({ text }: Answer): NonNullable<Review['response']> {
  const { kind, response } = JSON.parse(text) as Review
  expect(kind).to.equal('AdmissionReview')
  expect(response?.allowed).to.be.a('boolean')
  if (response?.allowed === false)
    expect(response.status?.message).to.be.a('string').and.not.equal('')
  return response ?? {}
}

function reviewOf(object: object, uid = 'the-uid'): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      operation: 'CREATE',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'shop',
      object,
    },
  })
}

const goodReview = reviewOf({ kind: 'Pod', ...pod() })
/** What each path is for. */
const KINDS = {
  '/inject': 'Pod',
  '/default-sidecarset': 'SidecarSet',
  '/validate-sidecarset': 'SidecarSet',
} as const
const objects = { Pod: { kind: 'Pod', ...pod() }, SidecarSet: sidecarSet() } as const

describe('the webhook, whoever speaks to it,', () => {
  let webhook: StartedWebhook

  before(async () => {
    webhook = await startWebhook((apiServer) => {
      apiServer.put(NAMESPACES, { metadata: { name: 'shop' } })
      apiServer.put(SIDECAR_SETS, { ...sidecarSet(), metadata: { name: 'mesh' } })
    })
  })
  afterEach('is unharmed', async () => {
    webhook.apiServer.clearFaults()
    expect(await webhook.readiness()).to.equal(200)
    expect(reviewIn(await webhook.post('/inject', goodReview)).allowed).to.equal(true)
  })
  after(() => webhook.end())

  const deep = '['.repeat(200_000)
  const tree = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`
  const manyLabels = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`l${i}`, 'x']))
  const uid = '"uid":"the-uid"'
  const bodies: Readonly<Record<string, (object: object) => string | Buffer>> = {
    nothing: () => '',
    'a review that is cut off': (object) => reviewOf(object).slice(0, -20),
    'two reviews': (object) => reviewOf(object) + reviewOf(object),
    'bytes that are no text': () => Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]),
    'brackets without end': () => deep,
    'a list that is very deep': () => deep + ']'.repeat(200_000),
    'an object that is very deep': (object) =>
      reviewOf({ ...object, extra: 0 }).replace('"extra":0', `"extra":${tree}`),
    'very many labels': (object) => reviewOf({ ...object, metadata: { labels: manyLabels } }),
    'more than is ever read': () => 'x'.repeat(8 * 1024 * 1024),
    'a number beyond all numbers': (object) => reviewOf(object).replace(uid, `${uid},"n":1e999999`),
    'fields of every object': (object) =>
      reviewOf(object).replace(uid, `${uid},"__proto__":{"allowed":true},"constructor":{"x":1}`),
    'a request that is a list': () =>
      JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: [] }),
    'another version of reviews': (object) =>
      reviewOf(object).replace('admission.k8s.io/v1', 'admission.k8s.io/v1beta1'),
  }
  for (const [title, make] of Object.entries(bodies))
    for (const path of PATHS)
      it(`answers ${title} with a review: ${path}`, async () => {
        const answer = await webhook.send({ path, body: make(objects[KINDS[path]]) })
        reviewIn(answer)
        expect(answer.statusCode).to.be.below(500)
      })

  const strange: Readonly<Record<string, Parameters<StartedWebhook['send']>[0]>> = {
    'another method': { path: '/inject', method: 'PUT', body: goodReview },
    'a method without a body': { path: '/inject', method: 'GET' },
    'another path': { path: '/nowhere', body: goodReview },
    'a path that leads upwards': { path: '/inject/../../etc/passwd', body: goodReview },
    'another content type': {
      path: '/inject',
      headers: { 'content-type': 'text/xml' },
      body: '<a/>',
    },
    'a character set that is unknown': {
      path: '/inject',
      headers: { 'content-type': 'application/json; charset=klingon' },
      body: goodReview,
    },
    'an encoding that is unknown': {
      path: '/inject',
      headers: { ...JSON_BODY, 'content-encoding': 'zip' },
      body: goodReview,
    },
    'a compressed body that is none': {
      path: '/inject',
      headers: { ...JSON_BODY, 'content-encoding': 'gzip' },
      body: goodReview,
    },
    'a compressed body that grows beyond what is read': {
      path: '/inject',
      headers: { ...JSON_BODY, 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(64 * 1024 * 1024)),
    },
    'a timeout that is none': { path: '/inject?timeout=soon&timeout=-5s', body: goodReview },
  }
  for (const [title, sent] of Object.entries(strange))
    it(`answers ${title} with a review`, async () => {
      const answer = await webhook.send(sent)
      reviewIn(answer)
      expect(answer.statusCode).to.be.below(500)
    })

  it('answers any bytes under any headers with a review', async () => {
    const requests = record({
      path: constantFrom('/inject', '/inject?timeout=9s', '/inject/', '/a%00b'),
      method: constantFrom('POST', 'PUT', 'PATCH', 'DELETE'),
      headers: oneof(
        constantFrom<Record<string, string>>(
          JSON_BODY,
          {},
          { 'content-type': 'application/json;;' },
        ),
        dictionary(
          constantFrom('content-type', 'accept', 'x-a'),
          string({ unit: 'grapheme-ascii' }),
        ),
      ),
      body: oneof(
        uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        string().map((text) => goodReview.replace('shop', text)),
      ),
    })
    await assert(
      asyncProperty(requests, async (sent) => {
        const answer = await webhook.send(sent)
        reviewIn(answer)
        expect(answer.statusCode).to.be.below(500)
      }),
      { numRuns: 200 },
    )
  }).timeout(60_000)

  const faults: Readonly<Record<string, number>> = {
    fails: 500,
    'refuses the webhook': 403,
    'cuts connections': 0,
    'never answers': -1,
  }
  for (const [title, status] of Object.entries(faults))
    it(`answers in time, with the uid, while the API server ${title}`, async () => {
      webhook.apiServer.fail({ status, times: 1_000 })
      // A namespace that no cache has: it must be asked for.
      const review = reviewOf({ kind: 'Pod', ...pod() }).replace('shop', 'unknown')
      const startMs = performance.now()
      const answer = await webhook.send({ path: '/inject?timeout=1s', body: review })
      expect(performance.now() - startMs).to.be.below(20_000)
      expect(reviewIn(answer).uid).to.equal('the-uid')
    })

  it('stays up for those who connect and say nothing, or anything but TLS', async () => {
    const silent = Array.from({ length: 50 }, () => connect(webhook.port(), '127.0.0.1'))
    const rude = connect(webhook.port(), '127.0.0.1')
    rude.on('error', () => undefined)
    await Promise.all([...silent, rude].map((socket) => once(socket, 'connect')))
    rude.write('GET / HTTP/1.1\r\n\r\n')
    await once(rude, 'close')
    expect(reviewIn(await webhook.post('/inject', goodReview)).allowed).to.equal(true)
    for (const socket of silent) socket.destroy()
  })
})
