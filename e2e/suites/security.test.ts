import { expect } from 'chai'
import type { Pod } from '../../runtime/client/kinds.ts'
import { PodProcesses } from '../observe/processes.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'

const containers = ['proxy-1', 'proxy-2', 'baton-agent'] as const

describe('privileges of what is injected', () => {
  const environment = useEnvironment()
  let app: MeshApp | undefined
  let pod: Pod

  before('deploy into a namespace that enforces the restricted level', async function () {
    this.timeout(180_000)
    app = await deployMesh(environment(), {
      name: 'privileges',
      image: environment().workloads.envoy('1.38.3'),
      replicas: 1,
    })
    const [first] = await app.pods()
    if (first === undefined) throw new Error('the app has no pod')
    pod = first
  })

  after('remove it', async function () {
    this.timeout(120_000)
    await app?.remove()
  })

  for (const name of containers) {
    it(`${name} asks for none`, () => {
      const container = pod.spec?.containers.find((one) => one.name === name)
      const context = container?.securityContext
      expect(context?.runAsNonRoot).to.equal(true)
      expect(context?.allowPrivilegeEscalation).to.equal(false)
      expect(context?.readOnlyRootFilesystem).to.equal(true)
      expect(context?.capabilities?.drop).to.deep.equal(['ALL'])
      expect(context?.capabilities?.add ?? []).to.deep.equal([])
      expect(context?.seccompProfile?.type).to.equal('RuntimeDefault')
    })

    it(`${name} has none in the kernel's eyes`, async function () {
      if (!environment().nodeAccess) this.skip()
      const processes = new PodProcesses(environment().cluster)
      const status = await processes.procFile(pod, name, 'status')
      const field = (key: string): string =>
        new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim() ?? 'absent'
      expect(field('Uid').split(/\s+/)).to.deep.equal(['1337', '1337', '1337', '1337'])
      expect(field('CapEff')).to.equal('0000000000000000')
      expect(field('CapBnd')).to.equal('0000000000000000')
      expect(field('NoNewPrivs')).to.equal('1')
      expect(Number(field('Seccomp_filters'))).to.be.at.least(1)
    })
  }
})
