import { expect } from 'chai'
import { allowedFor, guard, isLoopback } from './guard.ts'

const allowed = allowedFor({ host: '127.0.0.1', port: 8011 })
const outside = allowedFor({
  ...{ host: '0.0.0.0', port: 8011 },
  externalUrl: 'https://console.example',
})
const forwarded = allowedFor({
  ...{ host: '127.0.0.1', port: 8011 },
  allowedHosts: ['localhost:9000', 'Mesh.example'],
})

const own = { host: '127.0.0.1:8011' }
const change = {
  ...own,
  origin: 'http://127.0.0.1:8011',
  'content-type': 'application/json',
  'sec-fetch-site': 'same-origin',
}

interface Row {
  readonly method?: string
  readonly path?: string
  readonly headers: Readonly<Record<string, string>>
  readonly code?: string
  readonly allowed?: typeof allowed
}

const rows: Readonly<Record<string, Row>> = {
  'a port-forward that was named': {
    allowed: forwarded,
    method: 'POST',
    headers: { ...change, host: 'localhost:9000', origin: 'http://localhost:9000' },
  },
  'a port-forward that was not named': {
    headers: { host: 'localhost:9000' },
    code: 'HostNotAllowed',
  },
  'a name that was named, over TLS': {
    allowed: forwarded,
    method: 'POST',
    headers: { ...change, host: 'mesh.example', origin: 'https://mesh.example' },
  },
  'a name that was named, in the clear': {
    allowed: forwarded,
    method: 'POST',
    headers: { ...change, host: 'mesh.example', origin: 'http://mesh.example' },
    code: 'OriginNotAllowed',
  },
  'the page by our name': { path: '/', headers: own },
  'localhost is our name too': { headers: { host: 'localhost:8011' } },
  'IPv6 loopback is our name too': { headers: { host: '[::1]:8011' } },
  'names are told apart without case': { headers: { host: 'LOCALHOST:8011' } },
  'a name that somebody pointed to us (DNS rebinding)': {
    headers: { host: 'evil.example:8011' },
    code: 'HostNotAllowed',
  },
  'our address with another port': { headers: { host: '127.0.0.1:80' }, code: 'HostNotAllowed' },
  'no name at all': { headers: {}, code: 'HostNotAllowed' },
  'the loopback name when we listen elsewhere': {
    headers: { host: '127.0.0.1:8011' },
    allowed: outside,
    code: 'HostNotAllowed',
  },
  'the name that users outside know': {
    headers: { host: 'console.example' },
    allowed: outside,
  },
  'a link from another site to the page': {
    path: '/',
    headers: { ...own, 'sec-fetch-site': 'cross-site' },
  },
  'data read by the page of another site': {
    headers: { ...own, 'sec-fetch-site': 'cross-site' },
    code: 'OriginNotAllowed',
  },
  'data read by another port of this machine': {
    headers: { ...own, 'sec-fetch-site': 'same-site' },
    code: 'OriginNotAllowed',
  },
  'data read by our page': { headers: { ...own, 'sec-fetch-site': 'same-origin' } },
  'a change by our page': { method: 'POST', headers: change },
  'a change by another page': {
    method: 'POST',
    headers: { ...change, origin: 'https://evil.example' },
    code: 'OriginNotAllowed',
  },
  'a change by a page of another port': {
    method: 'POST',
    headers: { ...change, origin: 'http://127.0.0.1:3000' },
    code: 'OriginNotAllowed',
  },
  'a change without an origin': {
    method: 'POST',
    headers: { ...own, 'content-type': 'application/json' },
    code: 'OriginNotAllowed',
  },
  'a change with the origin of a sandboxed frame': {
    method: 'POST',
    headers: { ...change, origin: 'null' },
    code: 'OriginNotAllowed',
  },
  'a change that claims our origin from another site': {
    method: 'POST',
    headers: { ...change, 'sec-fetch-site': 'cross-site' },
    code: 'OriginNotAllowed',
  },
  'a form': {
    method: 'POST',
    headers: { ...change, 'content-type': 'application/x-www-form-urlencoded' },
    code: 'NotJson',
  },
  'text that looks like JSON': {
    method: 'POST',
    headers: { ...change, 'content-type': 'text/plain' },
    code: 'NotJson',
  },
  'signing out by our page': { method: 'DELETE', headers: change },
  'a method that nothing is served by': {
    method: 'PUT',
    headers: change,
    code: 'MethodNotAllowed',
  },
}

describe('the guard of the console', () => {
  for (const [what, row] of Object.entries(rows)) {
    const { method = 'GET', path = '/api/session', headers, code } = row
    it(`${code === undefined ? 'lets pass' : `refuses as ${code}`}: ${what}`, () => {
      expect(guard({ method, path, headers }, row.allowed ?? allowed)?.code).to.equal(code)
    })
  }

  it('names the option that would let a name in', () => {
    const refused = guard({ method: 'GET', path: '/', headers: { host: 'x.example' } }, allowed)
    expect(refused?.message).to.contain('x.example')
    expect(refused?.remedy).to.contain('--external-url')
  })

  it('knows what only this machine can reach', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', 'localhost'].every(isLoopback)).to.equal(true)
    expect(['0.0.0.0', '10.0.0.1', '::', '127.0.0.1.evil.example'].some(isLoopback)).to.equal(false)
  })
})
