import { expect } from 'chai'
import type { Interception } from './desired.ts'
import { formatInterception, interceptionId, parseInterception, withId } from './desired.ts'

const wanted: Omit<Interception, 'id'> = {
  v: 1,
  enabled: true,
  inbound: {
    ports: '*',
    excludePorts: [22],
    includeCIDRs: [],
    excludeCIDRs: ['10.0.0.0/8'],
    proxyPort: 15006,
  },
  excludeUIDs: [1337],
  excludeGIDs: [],
  mode: 'Redirect',
  hooks: {
    offline: { dubboQos: { port: 22222 }, timeoutSeconds: 5, onError: 'Abort' },
  },
  drain: { timerSeconds: 15 },
  onProxyFailure: 'Bypass',
  from: 'shop',
}

function refusal(change: object): string {
  try {
    parseInterception(JSON.stringify({ ...withId(wanted), ...change }))
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

describe('the annotation baton.dev/interception', () => {
  it('is read as it was written', () => {
    const value = withId(wanted)
    expect(parseInterception(formatInterception(value))).to.deep.equal(value)
  })

  it('has another id for another meaning, and the same whoever wants it', () => {
    const id = interceptionId(wanted)
    expect(id).to.match(/^[0-9a-f]{10}$/)
    expect(interceptionId({ ...wanted, from: 'other' })).to.equal(id)
    expect(interceptionId({ ...wanted, enabled: false })).not.to.equal(id)
    expect(interceptionId({ ...wanted, excludeUIDs: [] })).not.to.equal(id)
  })

  const wrong: Readonly<Record<string, readonly [object, RegExp]>> = {
    'a port above 65535': [
      { inbound: { ...wanted.inbound, ports: [70000] } },
      /inbound\.ports\[0\]: expected a port from 1 to 65535, found 70000/,
    ],
    'ports that are neither a list nor "*"': [
      { inbound: { ...wanted.inbound, ports: 'all' } },
      /inbound\.ports: expected a list, found "all"/,
    ],
    'a negative uid': [{ excludeUIDs: [-1] }, /excludeUIDs\[0\]: expected an id from 0/],
    'a hook with two actions': [
      {
        hooks: {
          online: {
            dubboQos: { port: 1 },
            exec: { command: ['x'] },
            timeoutSeconds: 1,
            onError: 'Abort',
          },
        },
      },
      /hooks\.online: expected exactly one of httpGet, httpPost, dubboQos, exec/,
    ],
    'a hook without an action': [
      { hooks: { online: { timeoutSeconds: 1, onError: 'Abort' } } },
      /hooks\.online: expected exactly one of/,
    ],
    'an unknown policy': [
      { onProxyFailure: 'Drop' },
      /onProxyFailure: expected one of Bypass, Block, found "Drop"/,
    ],
  }
  for (const [name, [change, message]] of Object.entries(wrong)) {
    it(`refuses ${name}`, () => {
      expect(refusal(change)).to.match(message)
    })
  }
})
