import { expect } from 'chai'
import type { TrafficInterception } from '../../v1beta1/trafficinterception.ts'
import { formatViolation } from '../violation.ts'
import { validateTrafficInterception } from './validateTrafficInterception.ts'

function interception(spec: object, name = 'shop'): TrafficInterception {
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'TrafficInterception',
    metadata: { name, namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'shop' } }, enabled: true, ...spec },
  }
}

const sentences = (spec: object, name?: string): readonly string[] =>
  validateTrafficInterception(interception(spec, name)).map(formatViolation)

describe('the validation of a TrafficInterception', () => {
  const good: Readonly<Record<string, object>> = {
    'the least that is needed': {},
    'one direction, by ports': { inbound: { ports: [8080] }, outbound: { ports: [] } },
    'all but some': {
      outbound: { ports: '*', excludePorts: [3306], excludeCIDRs: ['10.0.0.0/8'] },
    },
    'networks of both families': {
      outbound: { includeCIDRs: ['0.0.0.0/0', '::/0', 'fd00::/8', '10.1.2.3/32', 'fd00::1/128'] },
    },
    'a hook of each kind': {
      hooks: {
        offline: { dubboQos: {} },
        online: { httpPost: { port: 8080, path: '/online?now=1' }, timeoutSeconds: 300 },
        gracefulClose: { exec: { command: ['/bin/close'] }, onError: 'Continue' },
      },
    },
    'nothing but DNS': { inbound: { ports: [] }, outbound: { ports: [] }, dns: {} },
    'a rollout in parts': { rollout: { partition: '50%', maxUnavailable: 1, paused: true } },
    'a timer of nothing': { drain: { timerSeconds: 0 } },
  }
  for (const [name, spec] of Object.entries(good)) {
    it(`takes ${name}`, () => {
      expect(sentences(spec)).to.deep.equal([])
    })
  }

  const hook = (value: object): object => ({ hooks: { offline: value } })
  const bad: Readonly<Record<string, readonly [object, RegExp]>> = {
    'no selector': [{ selector: undefined }, /^spec\.selector is not set: .*; name the pods/],
    'an empty selector': [
      { selector: {} },
      /^spec\.selector is \{\}: .*every pod of the namespace/,
    ],
    'an unknown operator': [
      { selector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } },
      /operator is "Is": .*use one of In/,
    ],
    'ports that are a word': [
      { inbound: { ports: 'all' } },
      /^spec\.inbound\.ports is "all": .*; use a list such as \[80, 8080\], or "\*"/,
    ],
    'a port that is none': [{ outbound: { ports: [0] } }, /^spec\.outbound\.ports\[0\] is 0/],
    'an excluded port that is none': [
      { outbound: { excludePorts: [70000] } },
      /^spec\.outbound\.excludePorts\[0\] is 70000/,
    ],
    'a port that is in and out': [
      { inbound: { ports: [80, 81], excludePorts: [81] } },
      /excludePorts\[0\] is 81: ports names it too/,
    ],
    'a proxy port that is none': [
      { inbound: { proxyPort: -1 } },
      /^spec\.inbound\.proxyPort is -1/,
    ],
    'one port for both directions': [
      { inbound: { proxyPort: 15001 } },
      /^spec\.outbound\.proxyPort is 15001: .*could not tell/,
    ],
    'an address without a length': [
      { outbound: { includeCIDRs: ['10.0.0.1'] } },
      /includeCIDRs\[0\] is "10\.0\.0\.1": this is not a network; use a network such as/,
    ],
    'a length beyond the family': [
      { outbound: { includeCIDRs: ['10.0.0.0/33'] } },
      /a length from 0 to 32/,
    ],
    'a network with bits beyond its length': [
      { outbound: { excludeCIDRs: ['10.0.0.1/8'] } },
      /bits beyond the length/,
    ],
    'the same of IPv6': [
      { outbound: { excludeCIDRs: ['fd00:0:0:1::/64', 'fd00:0:0:1::/48'] } },
      /excludeCIDRs\[1\] is "fd00:0:0:1::\/48"/,
    ],
    'an interface in an address': [
      { outbound: { excludeCIDRs: ['fe80::1%eth0/128'] } },
      /this is not a network/,
    ],
    'nothing to intercept': [
      { inbound: { ports: [] }, outbound: { ports: [] } },
      /nothing would be intercepted/,
    ],
    'a user below zero': [{ excludeUIDs: [-1] }, /^spec\.excludeUIDs\[0\] is -1/],
    'the group that means none': [
      { excludeGIDs: [1337, 4294967295] },
      /^spec\.excludeGIDs\[1\] is 4294967295/,
    ],
    'another mode': [{ mode: 'redirect' }, /^spec\.mode is "redirect": .*Redirect, Tproxy/],
    'another policy': [{ onProxyFailure: 'Drop' }, /use one of Bypass, Block/],
    'a DNS port that is none': [{ dns: { proxyPort: 0 } }, /^spec\.dns\.proxyPort is 0/],
    'a hook of nothing': [hook({}), /^spec\.hooks\.offline is \{\}: .*give one of httpGet/],
    'a hook of two things': [
      hook({ dubboQos: {}, exec: { command: ['x'] } }),
      /keep one of dubboQos, exec/,
    ],
    'a hook without port': [
      hook({ httpGet: {} }),
      /^spec\.hooks\.offline\.httpGet\.port is not set/,
    ],
    'a hook with a path of another kind': [
      hook({ httpGet: { port: 1, path: 'offline' } }),
      /httpGet\.path is "offline": .*begin it with \//,
    ],
    'a QoS port that is none': [hook({ dubboQos: { port: 0 } }), /dubboQos\.port is 0/],
    'a program that is none': [hook({ exec: { command: [] } }), /exec\.command is \[\]/],
    'a hook without an end': [
      hook({ dubboQos: {}, timeoutSeconds: 301 }),
      /timeoutSeconds is 301: .*use at most 300/,
    ],
    'a hook that waits for longer than anybody would': [
      hook({ dubboQos: {}, waitSeconds: 301 }),
      /waitSeconds is 301: .*use at most 300/,
    ],
    'a hook that waits for less than nothing': [
      hook({ dubboQos: {}, waitSeconds: -1 }),
      /waitSeconds is -1: .*whole number of at least 0/,
    ],
    'a hook that has no time': [hook({ dubboQos: {}, timeoutSeconds: 0 }), /timeoutSeconds is 0/],
    'another way with errors': [
      hook({ dubboQos: {}, onError: 'Ignore' }),
      /onError is "Ignore": .*Abort, Continue/,
    ],
    'a timer below zero': [{ drain: { timerSeconds: -1 } }, /^spec\.drain\.timerSeconds is -1/],
    'a partition above all': [{ rollout: { partition: '101%' } }, /^spec\.rollout\.partition is/],
    'no pod at a time': [
      { rollout: { maxUnavailable: 0 } },
      /^spec\.rollout\.maxUnavailable is 0: no pod could ever be toggled/,
    ],
  }
  for (const [name, [spec, sentence]] of Object.entries(bad)) {
    it(`refuses ${name}, with field, value and remedy`, () => {
      const found = sentences(spec)
      expect(found).to.have.length(1)
      expect(found[0]).to.match(sentence)
    })
  }

  it('refuses a name that is no label', () => {
    expect(sentences({}, 'x'.repeat(64))[0]).to.match(/^metadata\.name is .*choose a shorter name/)
  })
})
