import { expect } from 'chai'
import type { AgentStatus } from '../../../api/agentStatus.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { applyPatch } from '../../testing/applyPatch.ts'
import { aHandover, agentSays, largeProxy } from '../../testing/build.ts'
import { carriedOut, idOf, inFlight, now, plan } from '../../testing/planning.ts'
import { formatSize } from './slotSize.ts'

const v2 = [largeProxy('proxy:2')]
const minute = 60_000

/** A pod that was upgraded to proxy-2, whose drain may take 11 minutes; proxy-1 is still large. */
function upgraded(): Pod {
  const started = inFlight('a', {}, [largeProxy('proxy:1')], v2)
  const done = { agents: { 'default/a': says(started, true) }, to: v2 }
  return carriedOut(started, plan([started], done))
}

function says(pod: Pod, runs: boolean, over: Parameters<typeof aHandover>[1] = {}): AgentStatus {
  const status = agentSays(aHandover(idOf(pod), over))
  const slots = { 'proxy-1': { boot: 1, running: runs, listening: [] } }
  const [entry] = Object.values(status.containers)
  return entry === undefined ? status : { ...status, containers: { proxy: { ...entry, slots } } }
}

describe('after an upgrade the old slot', () => {
  const pod = upgraded()
  const what = (agent: AgentStatus | undefined, at = now, given = pod): string => {
    const agents = agent === undefined ? {} : { 'default/a': agent }
    const { decisions, toAsk } = plan([given], { to: v2, agents, now: at })
    const [one] = decisions
    const sizes = one?.kind === 'resize' ? Object.entries(one.sizes) : []
    const texts = sizes.map(([slot, size]) => `${slot} ${formatSize(size)}`)
    return [one?.kind, ...texts, ...toAsk.map(() => 'ask')].join(' ')
  }

  it('shrinks when its process has gone', () => {
    expect(what(says(pod, false))).to.equal('resize proxy-1 10m/16Mi')
  })
  it('is left as it is while its process drains', () => {
    expect(what(says(pod, true))).to.equal('none ask')
  })
  it('is left as it is while the agent does not answer and it may drain', () => {
    expect(what(undefined)).to.equal('none ask')
  })
  it('shrinks without an answer when no drain can last so long', () => {
    expect(what(undefined, now + 15 * minute)).to.equal('resize proxy-1 10m/16Mi')
  })
  it('is left as it is while it stands in for the new one', () => {
    const standIn = says(pod, false, { phase: 'FailedOver', to: 'proxy-1' })
    expect(what(standIn)).to.equal('none ask')
  })
  it('keeps a size that somebody else gave it', () => {
    const resources = { requests: { cpu: '900m', memory: '400Mi' } }
    const changed = applyPatch(pod, { spec: { containers: [{ name: 'proxy-1', resources }] } })
    expect(what(says(pod, false), now, changed)).to.equal('none')
  })
  it('is not asked for what was refused, until that is forgotten', () => {
    const refused = { id: 'proxy-1=10m/16Mi', at: now, sentence: 'no' }
    const options = { to: v2, agents: { 'default/a': says(pod, false) } }
    const resizes = new Map([['default/a', { ended: [], refused }]])
    const { decisions, hasRefusedResizes } = plan([pod], { ...options, resizes })
    expect([decisions[0]?.kind, hasRefusedResizes]).to.deep.equal(['none', true])
    expect(plan([pod], options).decisions[0]?.kind).to.equal('resize')
  })
  it('leaves the new one as an autoscaler made it', () => {
    const resources = { requests: { cpu: '100m', memory: '100Mi' } }
    const scaled = applyPatch(pod, { spec: { containers: [{ name: 'proxy-2', resources }] } })
    expect(what(says(pod, false), now, scaled)).to.equal('resize proxy-1 10m/16Mi')
  })
  it('shrinks before the new one grows, if that could not be before', () => {
    const resources = { requests: { cpu: '10m', memory: '16Mi' } }
    const small = (name: string, given: Pod): Pod =>
      applyPatch(given, { spec: { containers: [{ name, resources }] } })
    const refused = small('proxy-2', pod)
    expect(what(says(pod, false), now, refused)).to.equal('resize proxy-1 10m/16Mi')
    expect(what(says(pod, false), now, small('proxy-1', refused))).to.equal(
      'resize proxy-2 200m/256Mi',
    )
  })
})
