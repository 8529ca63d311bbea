import { expect } from 'chai'
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { createAuthority } from './authority.ts'

describe('the cluster certificate authority', () => {
  it('issues certificates that it signed, for the key that comes with them', async () => {
    const authority = await createAuthority('test-ca')
    const pair = await authority.issue({
      commonName: 'system:node:n1',
      organizations: ['system:nodes'],
      usage: 'client',
    })
    const root = new X509Certificate(authority.certificate)
    const certificate = new X509Certificate(pair.certificate)
    expect(root.ca).to.equal(true)
    expect(certificate.ca).to.equal(false)
    expect(certificate.verify(root.publicKey)).to.equal(true)
    expect(certificate.checkIssued(root)).to.equal(true)
    expect(certificate.checkPrivateKey(createPrivateKey(pair.privateKey))).to.equal(true)
    expect(certificate.subject).to.equal('O=system:nodes\nCN=system:node:n1')
    expect(certificate.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.2'])
  })

  it('names servers by DNS names and addresses', async () => {
    const authority = await createAuthority('test-ca')
    const { certificate } = await authority.issue({
      commonName: 'server',
      usage: 'server',
      names: ['kubernetes.default', '10.99.0.2'],
    })
    const parsed = new X509Certificate(certificate)
    expect(parsed.subjectAltName).to.equal('DNS:kubernetes.default, IP Address:10.99.0.2')
    expect(parsed.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.1'])
  })

  it('does not vouch for another authority of the same name', async () => {
    const [one, other] = await Promise.all([createAuthority('ca'), createAuthority('ca')])
    const { certificate } = await one.issue({ commonName: 'c', usage: 'client' })
    const stranger = new X509Certificate(other.certificate)
    expect(new X509Certificate(certificate).verify(stranger.publicKey)).to.equal(false)
  })
})
