import { expect } from 'chai'
import { formatCookie, readCookie } from './cookie.ts'
import { createSeal } from './seal.ts'
import { createSessions } from './sessions.ts'

const credential = { kind: 'kubeconfig' } as const
const lifetimeMs = 60_000

function codeOf(found: object): string {
  return 'code' in found ? String(found.code) : 'found'
}

describe('sessions', () => {
  let nowMs = 0
  const now = (): number => nowMs
  beforeEach(() => {
    nowMs = 1_000_000
  })

  it('are found by the cookie that they were given, and by no other', () => {
    const sessions = createSessions({ lifetimeMs, now })
    const { session, cookie } = sessions.create(credential)
    expect(sessions.find(cookie)).to.deep.equal(session)
    const forged = `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`
    expect(codeOf(sessions.find(forged))).to.equal('SessionUnknown')
    expect(codeOf(sessions.find(undefined))).to.equal('NotSignedIn')
    expect(codeOf(sessions.find(''))).to.equal('NotSignedIn')
  })

  it('cannot be made longer by who has the cookie', () => {
    const sessions = createSessions({ lifetimeMs, now })
    const { session, cookie } = sessions.create(credential)
    const longer = cookie.replace(String(session.expiresAtMs), String(session.expiresAtMs + 1_000))
    expect(codeOf(sessions.find(longer))).to.equal('SessionUnknown')
  })

  it('that are over say so, not that they are unknown', () => {
    const sessions = createSessions({ lifetimeMs, now })
    const { cookie } = sessions.create(credential)
    const ended: string[] = []
    sessions.onEnd((id) => ended.push(id))
    nowMs += lifetimeMs
    expect(codeOf(sessions.find(cookie))).to.equal('SessionExpired')
    expect(ended).to.have.lengthOf(1)
    expect(codeOf(sessions.find(cookie))).to.equal('SessionExpired')
  })

  it('end with the process: another one has another key', () => {
    const { cookie } = createSessions({ lifetimeMs, now }).create(credential)
    expect(codeOf(createSessions({ lifetimeMs, now }).find(cookie))).to.equal('SessionUnknown')
  })

  it('that were signed out are gone', () => {
    const sessions = createSessions({ lifetimeMs, now })
    const { session, cookie } = sessions.create(credential)
    sessions.end(session.id)
    expect(codeOf(sessions.find(cookie))).to.equal('SessionUnknown')
  })

  it('have a token against forged requests each, which is no cookie', () => {
    const sessions = createSessions({ lifetimeMs, now })
    const [one, two] = [sessions.create(credential), sessions.create(credential)]
    expect(one.session.csrf).not.to.equal(two.session.csrf)
    expect(one.cookie).not.to.contain(one.session.csrf)
  })

  it('beyond a thousand end the oldest', () => {
    const sessions = createSessions({ lifetimeMs, now })
    const first = sessions.create(credential).cookie
    for (let count = 0; count < 1_000; count++) sessions.create(credential)
    expect(codeOf(sessions.find(first))).to.equal('SessionUnknown')
  })
})

describe('a seal', () => {
  it('for one purpose does not hold for another', () => {
    const seal = createSeal()
    expect(seal.verify('a', 'text', seal.sign('a', 'text'))).to.equal(true)
    expect(seal.verify('b', 'text', seal.sign('a', 'text'))).to.equal(false)
    expect(seal.verify('a', 'text', '')).to.equal(false)
  })
})

describe('the cookie of the console', () => {
  it('is kept from scripts and from other sites', () => {
    const header = formatCookie('v', { maxAgeSeconds: 60, secure: true })
    expect(header).to.equal(
      'baton-console=v; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure',
    )
  })

  it('is found among others', () => {
    expect(readCookie('a=b; baton-console=x.y.z; c=d')).to.equal('x.y.z')
    expect(readCookie('not-baton-console=x')).to.equal(undefined)
    expect(readCookie(undefined)).to.equal(undefined)
  })
})
