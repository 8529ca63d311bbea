import { expect } from 'chai'
import type { AgentStatus } from '../../api/agentStatus.ts'
import { createManualClock } from '../../runtime/clock/manualClock.ts'
import { aHandover, agentSays, hotProxy, injectedPod } from '../testing/build.ts'
import { createAgentWatch } from './agentWatch.ts'
import { viewPod } from './rollout/podView.ts'
import type { PodView } from './rollout/podView.ts'

function views(count: number, from = 0): readonly PodView[] {
  return Array.from({ length: count }, (_, at) => {
    const ip = `10.0.0.${from + at}`
    const view = viewPod(injectedPod(`web-${from + at}`, [hotProxy('proxy:1')], { ip }), 'mesh')
    if (view === undefined) throw new Error('not injected')
    return view
  })
}

describe('the watch of agents', () => {
  let stop: AbortController
  let running: Promise<void> | undefined
  beforeEach(() => {
    stop = new AbortController()
  })
  afterEach(async () => {
    stop.abort()
    await running
  })

  function start(answer: (ip: string) => Promise<AgentStatus | undefined>, atATime = 32) {
    const clock = createManualClock()
    const asked: string[] = []
    const news: string[] = []
    const status = (ip: string): Promise<AgentStatus | undefined> => {
      asked.push(ip)
      return answer(ip)
    }
    const watch = createAgentWatch({
      agents: { status, close: () => Promise.resolve() },
      clock,
      onNews: (set) => news.push(set),
      atATime,
    })
    running = watch.run(stop.signal)
    return { clock, asked, news, watch }
  }

  it('asks the pods that are followed again and again, and tells of news alone', async () => {
    let said = agentSays(aHandover('a-1', { phase: 'Starting' }))
    const { clock, asked, news, watch } = start(() => Promise.resolve(said))
    watch.follow('mesh', views(1))
    await clock.advance(1_000)
    expect(asked).to.have.length(3)
    expect(news).to.deep.equal(['mesh'])
    said = agentSays(aHandover('a-1'))
    await clock.advance(400)
    expect(news).to.deep.equal(['mesh', 'mesh'])
    expect(watch.follow('mesh', views(1)).get('default/web-0')).to.deep.equal(said)
  })
  it('asks nobody whose pod is not followed any more, and forgets what it said', async () => {
    const said = agentSays(aHandover('a-1'))
    const { clock, asked, watch } = start(() => Promise.resolve(said))
    watch.follow('mesh', views(1))
    await clock.advance(300)
    watch.follow('mesh', [])
    await clock.advance(1_000)
    expect(asked).to.have.length(1)
    expect([...watch.follow('mesh', views(1))]).to.deep.equal([])
  })
  it('asks at once when the pod has changed', async () => {
    const { clock, asked, watch } = start(() => Promise.resolve(undefined))
    watch.follow('mesh', views(1))
    await clock.advance(10)
    watch.follow('mesh', views(1))
    await clock.advance(20)
    expect(asked).to.have.length(1)
  })
  it('has no more than so many questions open, whatever agents do', async () => {
    const open = new Set<() => void>()
    const { clock, asked, watch } = start(
      () =>
        new Promise((resolve) => {
          open.add(() => {
            resolve(undefined)
          })
        }),
      4,
    )
    watch.follow('mesh', views(10))
    await clock.advance(1_000)
    expect(asked).to.have.length(4)
    for (const end of open) end()
    await clock.advance(20)
    expect(asked).to.have.length(8)
    expect(new Set(asked).size).to.equal(8)
  })
})
