import { expect } from 'chai'
import { formatRoute, keyOf, parseRoute, streamPath } from './route.ts'
import type { Route } from './route.ts'

describe('the address of a page', () => {
  const routes: readonly Route[] = [
    { page: 'fleet' },
    { page: 'set', cluster: 'east', set: 'mesh' },
    { page: 'set', cluster: 'arn:aws:eks:eu:1:cluster/prod', set: 'mesh' },
    { page: 'app', cluster: 'a b', namespace: 'shop', app: 'web' },
  ]
  for (const route of routes) {
    it(`comes back from ${formatRoute(route)}`, () => {
      expect(parseRoute(formatRoute(route))).to.deep.equal(route)
    })
  }

  for (const hash of [
    '',
    '#',
    '#/',
    '#/set',
    '#/set/east',
    '#/app/east/shop',
    '#/%zz/x',
    '#/evil/x/y',
  ])
    it(`is the fleet for ${hash === '' ? 'nothing' : hash}`, () => {
      expect(parseRoute(hash)).to.deep.equal({ page: 'fleet' })
    })

  it('carries the key of the console in its own form', () => {
    expect(keyOf('#key=ab_c-1')).to.equal('ab_c-1')
    expect(keyOf('#/key=abc')).to.equal(undefined)
    expect(keyOf('#key=a/b')).to.equal(undefined)
  })

  it('asks the stream for what it shows', () => {
    expect(streamPath({ page: 'fleet' })).to.equal('/api/stream')
    expect(streamPath({ page: 'set', cluster: 'a/b', set: 'mesh' })).to.equal(
      '/api/stream?cluster=a%2Fb&set=mesh',
    )
  })
})
