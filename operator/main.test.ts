import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { INGRESS_GATEWAYS, SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../api/v1beta1/kinds.ts'
import { LEASES, MUTATING_WEBHOOK_CONFIGURATIONS } from '../runtime/client/kinds.ts'
import { startFakeApiServer } from '../runtime/testing/apiserver.ts'
import type { FakeApiServer } from '../runtime/testing/apiserver.ts'
import { operatorRoles, putInstallation } from './testing/installation.ts'
import { until } from '../runtime/testing/until.ts'

describe('the operator as a process', function () {
  this.timeout(120_000)
  let server: FakeApiServer
  let directory: string
  let child: ChildProcess | undefined
  beforeEach(async () => {
    server = await startFakeApiServer({
      kinds: [SIDECAR_SETS, TRAFFIC_INTERCEPTIONS, INGRESS_GATEWAYS],
      authorizer: operatorRoles(),
    })
    putInstallation(server)
    directory = mkdtempSync(join(tmpdir(), 'operator-'))
    writeFileSync(join(directory, 'kubeconfig'), server.kubeConfigYaml())
  })
  afterEach(async () => {
    if (child?.exitCode === null) child.kill('SIGKILL')
    await server.stop()
    rmSync(directory, { recursive: true })
  })

  function start(environment: Readonly<Record<string, string>>): { output: () => string } {
    let output = ''
    child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
      env: { PATH: process.env['PATH'], KUBECONFIG: join(directory, 'kubeconfig'), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const collect = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    return { output: () => output }
  }

  it('serves probes and metrics, leads, and leaves the lease behind when told to stop', async () => {
    const { output } = start({
      AGENT_IMAGE: 'agent:1',
      POD_NAME: 'operator-a',
      METRICS_PORT: '0',
      HEALTH_PORT: '0',
    })
    const ref = { namespace: 'baton-system', name: 'baton-operator' }
    await until(() => server.get(LEASES, ref)?.spec?.holderIdentity === 'operator-a', {
      deadlineMs: 60_000,
    })
    await until(() => server.list(MUTATING_WEBHOOK_CONFIGURATIONS)[0]?.webhooks?.length === 4)
    const ports = output()
      .split('\n')
      .filter((line) => line.includes('"probes served"'))
      .map((line) => (JSON.parse(line) as { port: number }).port)
    expect(ports).to.have.length(2)
    for (const path of ['healthz', 'readyz', 'metrics']) {
      const answer = await fetch(`http://127.0.0.1:${ports[0] ?? 0}/${path}`)
      expect(answer.status, `${path}: ${await answer.text()}`).to.equal(200)
    }
    child?.kill('SIGTERM')
    const [code] = (child === undefined ? [] : await once(child, 'exit')) as unknown[]
    expect(code, output()).to.equal(0)
    expect(server.get(LEASES, ref)?.spec?.holderIdentity ?? '').to.equal('')
  })

  it('says what is missing when it cannot start', async () => {
    const { output } = start({})
    const [code] = (child === undefined ? [] : await once(child, 'exit')) as unknown[]
    expect(code).not.to.equal(0)
    await until(() => output().includes('AGENT_IMAGE is not set'))
  })
})
