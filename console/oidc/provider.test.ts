import { expect } from 'chai'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import { createCa, createLeaf } from '../../runtime/certificates/x509.ts'
import { listen } from '../../runtime/metrics/httpServer.ts'
import { createOidcProvider } from './provider.ts'
import { loginRefusal } from './refusals.ts'

describe('a provider with a certificate of its own CA', () => {
  let server: Server
  let issuer = ''
  let ca = ''
  let named: string | undefined
  before(async () => {
    const authority = await createCa('a CA', Date.now(), 3_600_000)
    const leaf = await createLeaf(authority, ['127.0.0.1'], Date.now(), 3_600_000)
    ca = authority.certificate
    server = createServer({ cert: leaf.certificate, key: leaf.key }, (_request, response) => {
      const at = named ?? issuer
      const found = { issuer: at, authorization_endpoint: `${at}/auth`, jwks_uri: `${at}/jwks` }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(found))
    })
    issuer = `https://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`
  })
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  const begin = (trusted: string | undefined) =>
    createOidcProvider({
      ...{ issuer, clientId: 'console' },
      ...(trusted === undefined ? {} : { ca: trusted }),
    }).begin('https://console.example/auth/callback')

  it('is found when that CA is named', async () => {
    expect((await begin(ca)).url).to.match(new RegExp(`^${issuer}/auth\\?`))
  })

  it('is not asked when it is not, and the sentence says why', async () => {
    const refusal = loginRefusal(issuer, await begin(undefined).catch((error: unknown) => error))
    expect(refusal.code).to.equal('ProviderAway')
    expect(refusal.message).to.match(/cannot be asked who you are/)
  })

  it('that calls itself otherwise is not trusted', async () => {
    named = 'https://other.example'
    const refusal = loginRefusal(issuer, await begin(ca).catch((error: unknown) => error))
    expect(refusal.code).to.equal('LoginNotTrusted')
    named = undefined
  })
})
