import { expect } from 'chai'
import { readConfig } from './config.ts'

describe('the configuration of the operator', () => {
  it('has defaults for everything but the agent image', () => {
    expect(readConfig({ AGENT_IMAGE: 'agent:1', POD_NAME: 'operator-a' })).to.deep.equal({
      identity: 'operator-a',
      namespace: 'baton-system',
      agentImage: 'agent:1',
      failurePolicy: 'Fail',
      podsAtATime: 16,
      eventsPerSecond: 30,
      logLevel: 'info',
      metricsPort: 8080,
      healthPort: 8081,
      certificates: { caLifetimeMs: 31_536_000_000, overlapMs: 600_000 },
    })
  })
  const wrong: Record<string, NodeJS.ProcessEnv> = {
    AGENT_IMAGE: {},
    FAILURE_POLICY: { AGENT_IMAGE: 'a', FAILURE_POLICY: 'Perhaps' },
    PODS_AT_A_TIME: { AGENT_IMAGE: 'a', PODS_AT_A_TIME: '0' },
    EVENTS_PER_SECOND: { AGENT_IMAGE: 'a', EVENTS_PER_SECOND: '0' },
    LOG_LEVEL: { AGENT_IMAGE: 'a', LOG_LEVEL: 'loud' },
    METRICS_PORT: { AGENT_IMAGE: 'a', METRICS_PORT: 'http' },
    CA_LIFETIME_SECONDS: { AGENT_IMAGE: 'a', CA_LIFETIME_SECONDS: 'a year' },
    HEALTH_PORT: { AGENT_IMAGE: 'a', HEALTH_PORT: '70000' },
  }
  for (const [name, environment] of Object.entries(wrong)) {
    it(`names ${name} when it is wrong`, () => {
      expect(() => readConfig(environment)).to.throw(name)
    })
  }
})
