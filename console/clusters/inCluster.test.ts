import { KubeConfig } from '@kubernetes/client-node'
import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inClusterConfig } from './inCluster.ts'
import { targetsOf, withToken } from './target.ts'

const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }

function others(user: object): KubeConfig {
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'west', server: 'https://west.example:6443', skipTLSVerify: false }],
    users: [{ name: 'admin', ...user }],
    contexts: [{ name: 'west', cluster: 'west', user: 'admin' }],
    currentContext: 'west',
  })
  return config
}

describe('the cluster that the console runs in', () => {
  let directory = ''
  let caFile = ''
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-ca-'))
    caFile = join(directory, 'ca.crt')
    writeFileSync(caFile, 'a CA')
    // As the kubelet mounts it, unless it is told not to: nobody may read it.
    writeFileSync(join(directory, 'token'), 'the-token-of-the-pod')
  })
  after(() => {
    rmSync(directory, { recursive: true })
  })

  it('is known by address and CA alone', () => {
    const config = inClusterConfig({ name: 'east', env, caFile })
    expect(config.getCurrentCluster()).to.deep.include({
      name: 'east',
      server: 'https://10.96.0.1:443',
      caData: Buffer.from('a CA').toString('base64'),
      skipTLSVerify: false,
    })
    expect(config.getUsers()).to.deep.equal([])
    expect(config.exportConfig()).not.to.contain('the-token-of-the-pod')
  })

  it('is asked by the token of who signed in', async () => {
    const [target] = targetsOf(inClusterConfig({ name: 'east', env, caFile }))
    if (target === undefined) throw new Error('there is no target')
    const headersOf = async (config: KubeConfig) => {
      const options = { headers: {} as Record<string, string> }
      await config.applyToHTTPSOptions(options)
      return options.headers
    }
    expect(await headersOf(target.kubeConfig)).to.deep.equal({})
    expect(await headersOf(withToken(target, () => 'ada'))).to.deep.equal({
      Authorization: 'Bearer ada',
    })
  })

  it('may have others beside it', () => {
    const config = inClusterConfig({ name: 'east', env, caFile, others: others({}) })
    expect(targetsOf(config).map(({ name }) => name)).to.deep.equal(['east', 'west'])
  })

  it('has an address of IPv6 in brackets', () => {
    const six = { ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' }
    const config = inClusterConfig({ name: 'east', env: six, caFile })
    expect(config.getCurrentCluster()?.server).to.equal('https://[fd00::1]:443')
  })

  const refused = {
    'outside of a pod': [{ env: {} }, /KUBERNETES_SERVICE_HOST/],
    'without its CA': [{ caFile: '/nowhere' }, /CA of the cluster cannot be read/],
    'with the token of somebody': [{ others: others({ token: 't' }) }, /"admin".* has credentials/],
    'with the certificate of somebody': [{ others: others({ certData: 'x' }) }, /has credentials/],
    'with a program that gets a token': [{ others: others({ exec: {} }) }, /has credentials/],
    'under the name of another': [{ name: 'west', others: others({}) }, /has a context "west" too/],
  } as const
  for (const [what, [change, told]] of Object.entries(refused)) {
    it(`is not taken ${what}`, () => {
      const config = (): KubeConfig => inClusterConfig({ name: 'east', env, caFile, ...change })
      expect(config).to.throw(told)
    })
  }
})
