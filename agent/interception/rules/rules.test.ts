import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { allOf, wanted } from '../testing/wanted.ts'
import { parseCidr } from './cidr.ts'
import { difference, isSame, readRules, rulesHash } from './readBack.ts'
import { restoreText } from './restore.ts'
import { rules } from './rules.ts'
import { goldenFile, goldenStates, renderGolden } from './testing/golden.ts'

describe('the rules of a pod', () => {
  for (const [name, state] of Object.entries(goldenStates)) {
    it(`are those of the golden file ${name}`, () => {
      expect(renderGolden(state)).to.equal(readFileSync(goldenFile(name), 'utf8'))
    })
  }

  it('redirect nothing but packets that open a connection, and DNS queries', () => {
    for (const state of Object.values(goldenStates)) {
      const lines = renderGolden(state).split('\n')
      const moving = lines.filter((line) => /-j (REDIRECT|TPROXY)/.test(line))
      for (const line of moving) expect(line).to.match(/FIN,SYN,RST,ACK SYN|-p udp .*--dport 53/)
    }
  })

  it('keep the anchor in every state, and never a chain half full', () => {
    for (const state of Object.values(goldenStates)) {
      const text = renderGolden(state)
      expect(text.match(/-A BATON_ANCHOR -m conntrack --ctstate NEW -j RETURN/g)).to.have.length(2)
      expect(text).not.to.match(/-F |-D |-X /)
    }
  })

  it('leave the marks of another mode there, for the connections that need them', () => {
    const before = rules(wanted({ mode: 'Tproxy' }), 'v4')
    const after = rules(wanted(), 'v4', before)
    const [opened] = after.chains.filter(
      ({ table, name }) => table === 'mangle' && name === 'BATON_TO_INBOUND',
    )
    expect(opened?.rules).to.deep.equal([])
    expect(after.chains.map(({ name }) => name)).to.include('BATON_MARKS')
  })

  it('are refused with a range of addresses that is none', () => {
    const state = wanted({ outbound: allOf(15_001, { excludeCIDRs: ['10.0.0.0/33'] }) })
    expect(() => rules(state, 'v6')).to.throw(/'10\.0\.0\.0\/33' is no range of addresses/)
  })
})

describe('rules that were read back', () => {
  const set = rules(wanted(), 'v4')
  const saved = restoreText(set, []).replace(
    'COMMIT',
    `${set.jumps.map(({ from, rule }) => `-A ${from} ${rule}`).join('\n')}\nCOMMIT`,
  )

  it('are what was written', () => {
    expect(isSame(difference(set, readRules(saved)))).to.equal(true)
    expect(rulesHash(readRules(saved))).to.equal(rulesHash(set))
  })

  const changes: Readonly<Record<string, readonly [(text: string) => string, object]>> = {
    'a rule that somebody took away': [
      (text) => text.replace(/-A BATON_SELF .*\n/, ''),
      { chains: ['nat BATON_SELF'], jumps: [] },
    ],
    'a rule that somebody put first': [
      (text) => text.replace('-A BATON_OUTPUT', '-A BATON_OUTPUT -j RETURN\n-A BATON_OUTPUT'),
      { chains: ['nat BATON_OUTPUT'], jumps: [] },
    ],
    'a jump that is gone': [
      (text) => text.replace(/-A PREROUTING .*\n/, ''),
      { chains: [], jumps: [set.jumps[0]] },
    ],
    'the anchor that is gone': [
      (text) => text.replace(/-A BATON_ANCHOR .*\n/, ''),
      { chains: ['nat BATON_ANCHOR'], jumps: [] },
    ],
    'rules of others, which are no difference': [
      (text) => text.replace('COMMIT', '-A OUTPUT -d 1.2.3.4/32 -j ACCEPT\nCOMMIT'),
      { chains: [], jumps: [] },
    ],
  }
  for (const [name, [change, expected]] of Object.entries(changes)) {
    it(`show ${name}`, () => {
      expect(difference(set, readRules(change(saved)))).to.deep.equal(expected)
    })
  }
})

describe('a range of addresses', () => {
  const written: Readonly<Record<string, string>> = {
    '10.1.2.3/8': '10.0.0.0/8',
    '10.1.2.3': '10.1.2.3/32',
    '0.0.0.0/0': 'any',
    'FD00:0::1/8': 'fd00::/8',
    '::/0': 'any',
    '::ffff:1.2.3.4': '::ffff:1.2.3.4/128',
    '2001:db8:0:0:1:0:0:1': '2001:db8::1:0:0:1/128',
  }
  for (const [text, expected] of Object.entries(written)) {
    it(`${text} is ${expected} to iptables-save`, () => {
      expect(parseCidr(text).text).to.equal(expected)
    })
  }
  for (const text of ['', 'all', '10.0.0.0/', '10.0.0.0/33', '::/129', '10.0.0/8', '1.2.3.4/8/9']) {
    it(`'${text}' is none`, () => {
      expect(() => parseCidr(text)).to.throw(/is no range of addresses; write one such as/)
    })
  }
})
