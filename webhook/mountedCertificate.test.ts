import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SYSTEM_NAMESPACE } from '../api/group.ts'
import { webhookHost } from '../api/installation.ts'
import { createCa, createLeaf } from '../runtime/certificates/x509.ts'
import { NAMESPACES } from '../runtime/client/kinds.ts'
import { pod } from './inject/testing/build.ts'
import { startWebhook } from './testing/startWebhook.ts'

describe('the webhook with a certificate that another one made', () => {
  let directory = ''
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-tls-'))
  })
  after(() => {
    rmSync(directory, { recursive: true })
  })

  it('serves with it, and asks for no Secret', async () => {
    const ca = await createCa('an issuer', Date.now(), 3_600_000)
    const leaf = await createLeaf(ca, [webhookHost(SYSTEM_NAMESPACE)], Date.now(), 3_600_000)
    writeFileSync(join(directory, 'tls.crt'), leaf.certificate)
    writeFileSync(join(directory, 'tls.key'), leaf.key)
    writeFileSync(join(directory, 'ca.crt'), ca.certificate)
    const webhook = await startWebhook(
      (apiServer) => {
        apiServer.put(NAMESPACES, { metadata: { name: 'shop' } })
      },
      { directory, ca: ca.certificate },
    )
    try {
      const { text } = await webhook.post(
        '/inject',
        JSON.stringify({
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          request: {
            ...{ uid: 'u', operation: 'CREATE', namespace: 'shop' },
            object: { kind: 'Pod', ...pod() },
          },
        }),
      )
      expect(JSON.parse(text)).to.deep.nested.include({ 'response.allowed': true })
      const paths = webhook.apiServer.requests.map(({ path }) => path)
      expect(paths.filter((path) => path.includes('/secrets'))).to.deep.equal([])
    } finally {
      await webhook.end()
    }
  })
})
