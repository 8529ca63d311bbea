import { expect } from 'chai'
import { hotProxy } from '../operator/testing/build.ts'
import { until } from '../runtime/testing/until.ts'
import type { RunningConsole } from './server.ts'
import type { ConsoleClient, Told } from './testing/client.ts'
import { createConsoleClient } from './testing/client.ts'
import type { ConsoleWorld } from './testing/consoleWorld.ts'
import { startConsoleWorld, startTestConsole } from './testing/consoleWorld.ts'
import type { ActPreview, HistoryDocument, SetRow } from './wire.ts'

const SET = '/api/clusters/east/sets/mesh'
const PATIENCE = { deadlineMs: 60_000 }

describe('a rollout steered over HTTP, by the real operator', function () {
  this.timeout(120_000)
  let world: ConsoleWorld
  let running: RunningConsole
  let client: ConsoleClient
  let told: Told[]
  const stop = new AbortController()
  let holds = true

  before(async () => {
    world = await startConsoleWorld({
      unrestricted: true,
      holdHandovers: () => holds,
      costs: () => ({ connectionsLeft: 5 }),
    })
    world.addPods(4, [hotProxy('proxy:1')])
    world.serveAgents(['web-0', 'web-1', 'web-2', 'web-3'])
    put('proxy:1')
    world.startOperator()
    running = await startTestConsole([{ name: 'east', url: world.server.url }])
    client = createConsoleClient(running)
    await client.signIn()
    told = []
    void listen()
  })
  after(async () => {
    stop.abort()
    await running.close()
    await world.stop()
  })

  async function listen(): Promise<void> {
    const events = client.events('/api/stream?cluster=east&set=mesh', stop.signal)
    for await (const event of events) told.push(event)
  }
  const put = (image: string): void => {
    const updateStrategy = { canary: { steps: [{ replicas: 1, pause: {} }] } }
    world.putSet({ containers: [hotProxy(image)], updateStrategy })
  }
  const row = (): SetRow | undefined =>
    told.flatMap(({ event, data }) => (event === 'sets' ? [...data] : [])).at(-1)
  const act = async (verb: string): Promise<{ status: number; code: string }> => {
    const preview = await client.post(`${SET}/preview`, { act: verb })
    const { seen } = preview.body as ActPreview
    return client.post(`${SET}/act`, { act: verb, seen, reason: 'looks good' })
  }

  it('shows a handover while it goes on, with what its agent tells', async () => {
    await until(() => row()?.phase === 'Complete', PATIENCE)
    put('proxy:2')
    const starting = () =>
      told.some(
        ({ event, data }) =>
          event === 'pods' &&
          data.upsert.some(({ stage, containers }) =>
            containers.some(
              ({ handover }) => stage === 'Upgrading' && handover?.phase === 'Starting',
            ),
          ),
      )
    await until(starting, PATIENCE)
    await until(
      () =>
        told.some(({ event, data }) => event === 'series' && data.some(({ left }) => left === 5)),
      PATIENCE,
    )
    holds = false
  })

  it('stops at the step, says what holds it up, and goes on when somebody promotes', async () => {
    await until(() => row()?.offers.includes('resume') === true, PATIENCE)
    expect(row()).to.include({ step: 1, phase: 'Paused' })
    const { body } = await client.get(`${SET}/why`)
    expect(body).to.include({ rule: 'CanaryStep', blocked: true })
    const done = await act('promote')
    expect(done.status, JSON.stringify(done)).to.equal(200)
    await until(() => row()?.phase === 'Complete' && row()?.pods.updated === 4, PATIENCE)
  })

  it('keeps who did it and why, and refuses the same click when it is too late', async () => {
    expect(world.set().status?.lastCommand?.reason).to.contain('looks good')
    const { body } = await client.get(`${SET}/history`)
    const { timeline, revisions } = body as HistoryDocument
    expect(timeline.map(({ what }) => what)).to.include('promote')
    expect(timeline.map(({ what }) => what)).to.include('RolloutCompleted')
    expect(revisions.map(({ roles }) => roles)).to.deep.equal([['Latest', 'Current'], []])
    const late = await client.post(`${SET}/act`, {
      act: 'promote',
      seen: {
        generation: world.set().metadata.generation,
        revision: row()?.latestRevision,
        step: 1,
      },
    })
    expect([late.status, late.code]).to.deep.equal([409, 'Stale'])
  })

  it('rolls back to the revision that was there before', async () => {
    const done = await act('rollback')
    expect(done.status, JSON.stringify(done)).to.equal(200)
    expect(world.set().spec.containers?.[0]?.image).to.equal('proxy:1')
    const { body } = await client.get(`${SET}/history`)
    const mine = (body as HistoryDocument).timeline.find(({ what }) => what === 'RolledBackByUser')
    expect(mine?.who).to.equal('tester')
    expect(mine?.sentence).to.match(/^rollback of 4 pods.*: looks good$/)
  })
})
