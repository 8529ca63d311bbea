import { expect } from 'chai'
import { ClusterError } from './errors.ts'
import { useExisting } from './existing.ts'

describe('a cluster that exists already', () => {
  const file = import.meta.filename

  it('is known by its kubeconfig', () => {
    expect(useExisting(file).kubeconfigPath).to.equal(file)
  })

  it('needs a kubeconfig that is there', () => {
    expect(() => useExisting('/no/such/file')).to.throw(ClusterError, /export KUBECONFIG=/)
  })

  for (const field of ['hostAddress', 'nodeName', 'podCidr', 'nodePid', 'logs'] as const) {
    it(`says that it cannot give ${field}`, () => {
      expect(() => useExisting(file)[field]).to.throw(ClusterError, /does not give us .+: .+/)
    })
  }

  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    enter: () => useExisting(file).enter(['true']),
    importImage: () => useExisting(file).importImage('image.tar'),
    restartDaemon: () => useExisting(file).restartDaemon('kubelet'),
  }
  for (const [name, call] of Object.entries(calls)) {
    it(`refuses ${name} with a reason`, async () => {
      const error: unknown = await call().catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(ClusterError).and.have.property('code', 'NotOurCluster')
    })
  }
})
