import { expect } from 'chai'
import { qosPath, qosRefusal } from './dubboQos.ts'

describe("an answer of Dubbo's QoS console", () => {
  it('OK is well', () => {
    expect(qosRefusal(200, 'OK\r\n')).to.equal(undefined)
  })

  const refusals: Readonly<Record<string, readonly [number, string, RegExp]>> = {
    'of an unknown command': [404, 'unknown command', /status 404 with "unknown command"/],
    'of no service, though its status is 200': [200, 'service not found', /"service not found"/],
    'of a foreigner, who may not ask': [
      200,
      'Foreign Ip Not Permitted, Consider Config It In Whitelist.',
      /Foreign Ip Not Permitted/,
    ],
    'that is empty': [200, '', /nothing instead of OK/],
  }
  for (const [name, [status, body, expected]] of Object.entries(refusals)) {
    it(`${name} is a refusal`, () => {
      expect(qosRefusal(status, body)).to.match(expected)
    })
  }

  it('comes for a command, with the service it is for', () => {
    expect(qosPath('offline', undefined)).to.equal('/offline')
    expect(qosPath('online', 'a.b.*')).to.equal('/online?service=a.b.*')
  })
})
