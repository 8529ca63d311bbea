import { expect } from 'chai'
import { AgentMetrics } from './agentMetrics.ts'

const slots = ['proxy-1', 'proxy-2']
const config = {
  v: 1 as const,
  runDir: '/run',
  podInfoDir: '/podinfo',
  port: 0,
  containers: [{ name: 'proxy', slots, privatePorts: [] }],
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
      'baton_agent_connections_cut_total{container="proxy"} 0',
      'baton_agent_connections_drained_total{container="proxy"} 0',
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
    metrics.handoverSettled('proxy', 0.4, 12)
    metrics.connectionsCut('proxy', 3)
    expect(lines(metrics)).to.include.members([
      'baton_agent_handovers_total{container="proxy",result="Settled"} 1',
      'baton_agent_handover_duration_seconds_bucket{container="proxy",le="0.25"} 0',
      'baton_agent_handover_duration_seconds_bucket{container="proxy",le="0.5"} 1',
      'baton_agent_handover_duration_seconds_bucket{container="proxy",le="+Inf"} 1',
      'baton_agent_handover_duration_seconds_sum{container="proxy"} 0.4',
      'baton_agent_connections_drained_total{container="proxy"} 12',
      'baton_agent_connections_cut_total{container="proxy"} 3',
    ])
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
