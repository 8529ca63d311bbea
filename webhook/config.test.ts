import { expect } from 'chai'
import { ConfigError, readConfig } from './config.ts'

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
    })
  })

  const wrong: Readonly<Record<string, readonly [Readonly<Record<string, string>>, string]>> = {
    'the image is missing': [{}, 'AGENT_IMAGE is not set'],
    'the image is empty': [{ AGENT_IMAGE: '' }, 'AGENT_IMAGE is not set'],
    'a port is none': [{ AGENT_IMAGE: 'a', WEBHOOK_PORT: 'https' }, 'WEBHOOK_PORT is "https"'],
    'a level is unknown': [{ AGENT_IMAGE: 'a', LOG_LEVEL: 'loud' }, 'debug, info, warn, error'],
  }
  for (const [name, [env, part]] of Object.entries(wrong)) {
    it(`is refused when ${name}`, () => {
      expect(() => readConfig(env)).to.throw(ConfigError, part)
    })
  }
})
