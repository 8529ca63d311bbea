import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { startRegistry } from '../../build/images/registry.ts'
import { down, registryName, status, up } from './cluster.ts'
import type { Cluster } from './cluster.ts'
import { kill } from './node/processes.ts'
import { kubectl, podField, runPod, webArchive, webImage } from './testing/pods.ts'
import { noTraces, pidNamespacesIn, tracesOf } from './testing/traces.ts'
import { waitFor } from './wait.ts'

// Real clusters: needs root, the Debian packages of README.md, and Kubernetes built once before.
describe('a local cluster', function () {
  this.timeout(60_000)
  const name = `test-${process.pid}`
  const second = `${name}-second`
  const image = 'localhost/baton-test-web:1'
  let temporary: string
  let archive: string
  let cluster: Cluster

  before(async function () {
    // The first build of Kubernetes takes minutes; it is no part of what is measured here.
    this.timeout(40 * 60_000)
    temporary = await mkdtemp(join(tmpdir(), 'baton-cluster-'))
    archive = webArchive(image, 'imported', join(temporary, 'web.tar'))
    cluster = await up({ name, images: [archive] })
  })

  after(async () => {
    await down({ name })
    await down({ name: second })
    await rm(temporary, { recursive: true })
  })

  it('runs a pod of an imported image, which the host reaches', async () => {
    await runPod(cluster, 'imported', image)
    const address = await podField(cluster, 'imported', '.status.podIP')
    expect(await get(`http://${address}:8080/`)).to.equal('imported')
  })

  it('pulls images of the test registry by its name, from the host address', async () => {
    const pulled = `${registryName}/web:2`
    const registry = await startRegistry({
      host: cluster.hostAddress,
      port: 5000,
      images: [webImage(pulled, 'pulled')],
    })
    try {
      await runPod(cluster, 'pulled', pulled)
      const address = await podField(cluster, 'pulled', '.status.podIP')
      expect(await get(`http://${address}:8080/`)).to.equal('pulled')
      expect(registry.requests).not.to.be.empty
    } finally {
      await registry.close()
    }
  })

  it('reaches a service from the host, from another pod, and from the pod itself', async () => {
    await kubectl(cluster, ['expose', 'pod', 'imported', '--port=80', '--target-port=8080'])
    const path = '-o=jsonpath={.spec.clusterIP}'
    const url = `http://${await kubectl(cluster, ['get', 'service', 'imported', path])}/`
    await waitFor('the host reaches the service', () => get(url), { deadlineMs: 20_000 })
    for (const pod of ['pulled', 'imported']) {
      const wget = ['exec', pod, '--', '/bin/busybox', 'wget', '-q', '-O-', url]
      expect(await kubectl(cluster, wget), `from pod ${pod}`).to.equal('imported')
    }
  })

  it('answers the running cluster at once when it is up', async () => {
    const start = performance.now()
    const again = await up({ name })
    expect(again.nodePid).to.equal(cluster.nodePid)
    expect(performance.now() - start, 'a start takes far longer').to.be.below(5000)
  })

  it('restarts the kubelet without touching a pod', async () => {
    const started = () =>
      podField(cluster, 'imported', '.status.containerStatuses[0].state.running.startedAt')
    const before = await started()
    const kubelets = async () => (await cluster.enter(['pidof', 'kubelet'])).stdout.trim()
    const old = await kubelets()
    await cluster.restartDaemon('kubelet')
    const changed = async () => ![old, ''].includes(await kubelets())
    await waitFor('another kubelet runs', changed, { deadlineMs: 10_000 })
    expect(await started()).to.equal(before)
  })

  it('tells what a program in the node said when it fails', async () => {
    const error = await cluster.enter(['ctr', 'no-such-command']).then(fail, messageOf)
    expect(error).to.match(/ctr no-such-command' ended with code 3\n.*No help topic/s)
  })

  it('stands beside a second one, whose removal leaves nothing and harms nobody', async () => {
    const other = await up({ name: second })
    const index = indexOf(other)
    const directory = dirname(other.kubeconfigPath)
    expect(indexOf(cluster)).not.to.equal(index)
    const namespaces = pidNamespacesIn(index)
    const running = await tracesOf(index, directory, namespaces)
    // That nothing is found later means something only if everything is found now.
    expect(running.processes).to.have.length.above(8)
    expect(running.cgroups).not.to.be.empty
    expect(running.links).to.have.length(1)
    expect(running.routes).to.have.length.above(2)
    expect(running.files).to.have.length(2)
    expect(running.mounts, 'the host never sees the mounts').to.be.empty

    expect(await down({ name: second })).to.equal(true)
    expect(await tracesOf(index, directory, namespaces)).to.deep.equal(noTraces)
    expect(await down({ name: second })).to.equal(false)
    expect(await kubectl(cluster, ['get', '--raw=/readyz'])).to.equal('ok')
  })

  it('is made anew after its first process was killed', async () => {
    const index = indexOf(cluster)
    const namespaces = pidNamespacesIn(index)
    kill(cluster.nodePid)
    const broken = async () => (await status({ name })).kind === 'Broken'
    await waitFor('the node is seen dead', broken, { deadlineMs: 10_000 })
    cluster = await up({ name, images: [archive] })
    await runPod(cluster, 'imported', image)
    const directory = dirname(cluster.kubeconfigPath)
    await down({ name })
    expect(await tracesOf(index, directory, namespaces)).to.deep.equal(noTraces)
  })

  it('leaves nothing when it is interrupted while it starts', async () => {
    const interrupt = new AbortController()
    const steps: string[] = []
    let index = -1
    const log = (line: string) => {
      steps.push(line)
      const found = /10\.99\.(\d+)\.0\/30/.exec(line)?.[1]
      if (found === undefined) return
      index = Number(found)
      interrupt.abort(new Error('interrupted by the test'))
    }
    const error = await up({ name: second, log, signal: interrupt.signal }).then(fail, messageOf)
    expect(error).to.equal('interrupted by the test')
    expect(index, steps.join('\n')).to.be.at.least(0)
    const directory = dirname(cluster.kubeconfigPath).replace(name, second)
    expect(await tracesOf(index, directory, new Set())).to.deep.equal(noTraces)
  })

  it('is removed by down when the program that was making it was killed', async () => {
    const cli = join(import.meta.dirname, 'cli.ts')
    const child = spawn(process.execPath, [cli, 'up', '--name', second], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let index = -1
    for await (const line of createInterface({ input: child.stderr })) {
      const found = /10\.99\.(\d+)\.0\/30/.exec(line)?.[1]
      if (found === undefined) continue
      index = Number(found)
      child.kill('SIGKILL')
    }
    if (child.signalCode === null) await once(child, 'exit')
    expect(await status({ name: second })).to.have.property('kind', 'Broken')
    const namespaces = pidNamespacesIn(index)
    const directory = dirname(cluster.kubeconfigPath).replace(name, second)
    const left = await tracesOf(index, directory, namespaces)
    expect(left.processes, 'the node outlives its maker').not.to.be.empty
    await down({ name: second })
    expect(await tracesOf(index, directory, namespaces)).to.deep.equal(noTraces)
  })
})

function indexOf({ hostAddress }: Cluster): number {
  return Number(hostAddress.split('.')[2])
}

async function get(url: string): Promise<string> {
  return await (await fetch(url, { signal: AbortSignal.timeout(3_000) })).text()
}

function fail(): never {
  throw new Error('this should have failed')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
