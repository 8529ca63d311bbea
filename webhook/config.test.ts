import { expect } from 'chai'
import { EnvironmentError } from '../runtime/environment/environment.ts'
import { readConfig } from './config.ts'

describe('the configuration of the webhook', () => {
  it('needs nothing but the image of the agent', () => {
    expect(readConfig({ AGENT_IMAGE: 'agent:v1' })).to.deep.equal({
      agentImage: 'agent:v1',
      podName: 'baton-webhook',
      namespace: 'baton-system',
      webhookPort: 9443,
      healthPort: 8081,
      metricsPort: 8080,
      logLevel: 'info',
      certificates: { lifetimeMs: 86_400_000, overlapMs: 600_000 },
    })
  })

  const wrong: Readonly<Record<string, readonly [Readonly<Record<string, string>>, string]>> = {
    'the image is missing': [{}, 'AGENT_IMAGE is not set'],
    'a port is none': [{ AGENT_IMAGE: 'a', WEBHOOK_PORT: 'https' }, "WEBHOOK_PORT is 'https'"],
    'a level is unknown': [{ AGENT_IMAGE: 'a', LOG_LEVEL: 'loud' }, 'debug, info, warn, error'],
    'certificates shall not overlap': [
      { AGENT_IMAGE: 'a', CERTIFICATE_OVERLAP_SECONDS: '0' },
      "CERTIFICATE_OVERLAP_SECONDS is '0'",
    ],
  }
  for (const [name, [environment, part]] of Object.entries(wrong)) {
    it(`is refused when ${name}`, () => {
      expect(() => readConfig(environment)).to.throw(EnvironmentError, part)
    })
  }
})
