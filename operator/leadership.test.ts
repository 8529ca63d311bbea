import { expect } from 'chai'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LEASES } from '../runtime/client/kinds.ts'
import { until } from '../runtime/testing/until.ts'
import { hotProxy } from './testing/build.ts'
import { startWorld } from './testing/world.ts'
import type { World } from './testing/world.ts'

/** Long enough for a machine that is busy with other tests. */
const leaseMs = 8_000
const pods = 24

describe('two operators as processes', function () {
  this.timeout(180_000)
  let world: World
  let directory: string
  const children = new Map<string, ChildProcess>()
  beforeEach(async () => {
    world = await startWorld()
    directory = mkdtempSync(join(tmpdir(), 'operators-'))
    writeFileSync(join(directory, 'kubeconfig'), world.server.kubeConfigYaml())
  })
  afterEach(async () => {
    for (const child of children.values()) child.kill('SIGKILL')
    children.clear()
    await world.stop()
    rmSync(directory, { recursive: true })
  })

  function start(name: string): void {
    const program = join(import.meta.dirname, 'testing/programs/operator.ts')
    const child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        KUBECONFIG: join(directory, 'kubeconfig'),
        POD_NAME: name,
        AGENT_IMAGE: 'agent:1',
        LOG_LEVEL: 'error',
        METRICS_PORT: '0',
        HEALTH_PORT: '0',
        TEST_AGENT_PORT: String(world.node.agentPort),
        TEST_LEASE_MS: String(leaseMs),
      },
    })
    children.set(name, child)
  }
  const leader = (): string =>
    world.server.get(LEASES, { namespace: 'baton-system', name: 'baton-operator' })?.spec
      ?.holderIdentity ?? ''
  const isCompleted = (): boolean => {
    const { observedGeneration, conditions = [] } = world.set().status ?? {}
    const isCurrent = observedGeneration === world.set().metadata.generation
    return isCurrent && conditions.some(({ reason }) => reason === 'RolloutCompleted')
  }

  it('go on when the leader is killed in mid-rollout, when its lease has run out, and do nothing twice', async () => {
    world.addPods(pods, [hotProxy('proxy:1')])
    world.putSet({ containers: [hotProxy('proxy:1')] })
    for (const name of ['operator-a', 'operator-b']) start(name)
    await until(isCompleted, { deadlineMs: 60_000, what: 'the set is at rest' })

    world.putSet({ containers: [hotProxy('proxy:2')], updateStrategy: { maxUnavailable: 3 } })
    await until(() => world.podWrites().length >= pods / 2, { deadlineMs: 60_000 })
    const killed = children.get(leader())
    if (killed === undefined) throw new Error(`nobody knows the leader '${leader()}'`)
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    const [deadAt, written] = [Date.now(), world.podWrites().length]
    expect(written, 'the rollout was over before the leader was killed').to.be.below(2 * pods)
    await until(() => world.podWrites().length > written, {
      deadlineMs: 60_000,
      what: 'the other one goes on',
    })
    const gapMs = Date.now() - deadAt
    await until(isCompleted, { deadlineMs: 60_000, what: 'the rollout is completed' })

    const names = Array.from({ length: pods }, (_, index) => `web-${index}`)
    const expected = names.flatMap((name) => [`PATCH ${name}`, `PATCH ${name}/status`])
    expect([...world.podWrites()].sort()).to.deep.equal(expected.sort())
    expect(world.node.switches).to.have.length(pods)
    // The lease, a candidate's own look at it, and what a busy machine takes.
    expect(gapMs, 'ms without a leader').to.be.below(leaseMs + 30_000)
    console.log(
      `      ${(gapMs / 1000).toFixed(1)} s between two leaders, lease ${leaseMs / 1000} s`,
    )
  })
})
