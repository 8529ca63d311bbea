import { expect } from 'chai'
import type { HandoverStatus } from '../../api/agentStatus.ts'
import { newRecord } from '../handover/record.ts'
import { moment, order } from '../testing/handovers.ts'
import { AgentMetrics } from './agentMetrics.ts'

const slots = ['proxy-1', 'proxy-2']
const config = {
  v: 1 as const,
  runDir: '/run',
  podInfoDir: '/podinfo',
  port: 0,
  containers: [{ name: 'proxy', slots, privatePorts: [] }],
}
const aHandover: HandoverStatus = {
  ...{ id: '1', from: 'proxy-1', to: 'proxy-2', revision: 'r', phase: 'Draining' },
  ...{ reason: '', message: '', listeners: 1, connectionsAtDrain: 20, connectionsLeft: 20 },
  ...{ connectionsDrained: 0, connectionsCut: 0, kernel: {} },
}
const idle = { boot: 1, running: false, listening: [] }

function lines(metrics: AgentMetrics): readonly string[] {
  const status = {
    active: 'proxy-2',
    phase: 'Settled' as const,
    handover: null,
    slots: { 'proxy-1': idle, 'proxy-2': { ...idle, running: true } },
  }
  return metrics.format({ proxy: status }).split('\n')
}

describe('the metrics of the agent', () => {
  it('have every label set from the start', () => {
    const text = new AgentMetrics(config).format({})
    for (const line of [
      'baton_agent_handovers_total{container="proxy",result="Settled"} 0',
      'baton_agent_handovers_total{container="proxy",result="Aborted"} 0',
      'baton_agent_handovers_total{container="proxy",result="FailedOver"} 0',
      'baton_agent_handovers_total{container="proxy",result="Superseded"} 0',
      'baton_agent_handover_duration_seconds_bucket{container="proxy",le="+Inf"} 0',
      'baton_agent_connections_cut_total{container="proxy",reason="MaxSeconds",protocol="http2"} 0',
      'baton_agent_connections_cut_total{container="proxy",reason="PodDeleted",protocol="unknown"} 0',
      'baton_agent_connections_drained_total{container="proxy",protocol="tcp"} 0',
      'baton_agent_handovers_total{container="proxy",result="TurnedBack"} 0',
      'baton_agent_stuck_queues{container="proxy"} 0',
      'baton_agent_state_unwritable{container="proxy"} 0',
      'baton_agent_active_slot{container="proxy",slot="proxy-1"} 0',
      'baton_agent_slot_running{container="proxy",slot="proxy-2"} 0',
      'baton_agent_phase{container="proxy",phase="FailedOver"} 0',
    ]) {
      expect(text.split('\n')).to.include(line)
    }
  })

  it('count what has ended', () => {
    const metrics = new AgentMetrics(config)
    metrics.handoverEnded('proxy', 'Settled')
    metrics.handoverSettled('proxy', 0.4)
    metrics.drained('proxy', {
      ...newRecord(order(), 'proxy-1', 'proxy-2', moment),
      ...{ connectionsAtDrain: 15, connectionsDrained: 12, connectionsCut: 3 },
      ...{ cutReason: 'MaxSeconds', atDrainByProtocol: { http1: 14, tcp: 1 } },
      cutByProtocol: { http1: 2, tcp: 1 },
    })
    metrics.connectionsCut('proxy', { total: 4, byProtocol: {}, reason: 'ProxyKilled' })
    expect(lines(metrics)).to.include.members([
      'baton_agent_handovers_total{container="proxy",result="Settled"} 1',
      'baton_agent_handover_duration_seconds_bucket{container="proxy",le="0.25"} 0',
      'baton_agent_handover_duration_seconds_bucket{container="proxy",le="0.5"} 1',
      'baton_agent_handover_duration_seconds_bucket{container="proxy",le="+Inf"} 1',
      'baton_agent_handover_duration_seconds_sum{container="proxy"} 0.4',
      'baton_agent_connections_drained_total{container="proxy",protocol="http1"} 12',
      'baton_agent_connections_drained_total{container="proxy",protocol="tcp"} 0',
      'baton_agent_connections_cut_total{container="proxy",reason="MaxSeconds",protocol="http1"} 2',
      'baton_agent_connections_cut_total{container="proxy",reason="MaxSeconds",protocol="tcp"} 1',
      'baton_agent_connections_cut_total{container="proxy",reason="ProxyKilled",protocol="unknown"} 4',
    ])
  })

  it('show what still drains, also of a handover that was turned back, and nothing when it is over', () => {
    const draining = (handover: HandoverStatus, turnedBack?: HandoverStatus) =>
      new AgentMetrics(config)
        .format({
          proxy: {
            ...{ active: 'proxy-2', phase: 'Draining', handover, slots: {} },
            ...(turnedBack === undefined ? {} : { turnedBack }),
          },
        })
        .split('\n')
    const going = { ...aHandover, drainStartedAt: '2025-01-01T00:00:00.000Z', connectionsLeft: 12 }
    const over = { ...going, settledAt: '2025-01-01T00:00:15.000Z' }
    const line = 'baton_agent_connections_draining{container="proxy"}'
    expect(draining(going)).to.include(`${line} 12`)
    expect(draining(going, { ...going, connectionsLeft: 3 })).to.include(`${line} 15`)
    expect(draining(over, over)).to.include(`${line} 0`)
    expect(draining(aHandover)).to.include(`${line} 0`)
  })

  it('say which version runs', () => {
    expect(new AgentMetrics(config).format({})).to.match(
      /^baton_build_info\{component="baton-agent",version="v\d+\.\d+\.\d+",node="v[\d.]+"\} 1$/m,
    )
  })

  it('show who serves', () => {
    expect(lines(new AgentMetrics(config))).to.include.members([
      'baton_agent_active_slot{container="proxy",slot="proxy-1"} 0',
      'baton_agent_active_slot{container="proxy",slot="proxy-2"} 1',
      'baton_agent_slot_running{container="proxy",slot="proxy-2"} 1',
      'baton_agent_phase{container="proxy",phase="Settled"} 1',
      'baton_agent_phase{container="proxy",phase="Draining"} 0',
    ])
  })
})
