import { expect } from 'chai'
import { PODS } from '../../runtime/client/kinds.ts'
import { schemaFaults } from '../output/testing/schemaFaults.ts'
import { completeSet, put, startCluster, webPod } from '../testing/cluster.ts'
import { supportBundle } from './supportBundle.ts'

describe('support-bundle', () => {
  it('writes one redacted file under least privilege, and says what is missing', async () => {
    const cluster = await startCluster()
    const pod = webPod('web-a', 'proxy:1')
    const [first, ...rest] = pod.spec?.containers ?? []
    const env = [{ name: 'TOKEN', value: 'a-secret-value' }]
    cluster.server.put(PODS, {
      ...pod,
      spec: { ...pod.spec, containers: [{ ...first, env }, ...rest] },
    } as never)
    put(cluster.server, completeSet(), [])
    cluster.server.fail({ status: 403, path: /webhookconfigurations|nodes|proxy/, times: 99 })
    const ran = await cluster.run('support-bundle mesh --file out.json -o json')
    const methods = new Set(cluster.server.requests.map(({ method }) => method))
    await cluster.server.stop()
    expect(ran.code).to.equal(0)
    expect(schemaFaults(supportBundle.document.schema, ran.json())).to.deep.equal([])
    const text = ran.written.get('out.json') ?? ''
    expect(text).to.contain('web-a').and.contain('"TOKEN"')
    expect(text).not.to.contain('a-secret-value')
    const { notes, parts } = ran.json() as { notes: string[]; parts: string[] }
    expect(parts).to.include.members(['check', 'why', 'sidecarsets'])
    expect(notes.join()).to.match(/nodes: GET \/api\/v1\/nodes/)
    expect([...methods]).to.have.members(['GET', 'POST'])
  })
})
