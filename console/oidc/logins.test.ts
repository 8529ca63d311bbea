import { expect } from 'chai'
import { createLogins, LOGIN_MS } from './logins.ts'

const challenge = { state: 's', nonce: 'n', verifier: 'v', redirectUri: 'https://console' }
const refusal = { code: 'LoginDenied', message: 'no' }

describe('sign-ins that go on', () => {
  let nowMs = 0
  const now = (): number => nowMs

  it('are taken once, by who has their id', () => {
    const logins = createLogins({ now })
    const id = logins.begin({ challenge, at: '#/', chosen: [] })
    expect(logins.take('other')).to.equal(undefined)
    expect(logins.take(undefined)).to.equal(undefined)
    expect(logins.takeRefusal(id)).to.equal(undefined)
    expect(logins.take(id)).to.deep.equal({ challenge, at: '#/', chosen: [] })
    expect(logins.take(id)).to.equal(undefined)
  })

  it('tell why they failed, once', () => {
    const logins = createLogins({ now })
    const id = logins.fail(refusal)
    expect(logins.take(id)).to.equal(undefined)
    expect(logins.takeRefusal(id)).to.deep.equal(refusal)
    expect(logins.takeRefusal(id)).to.equal(undefined)
  })

  it('end after ten minutes', () => {
    const logins = createLogins({ now })
    const id = logins.begin({ challenge, at: '#/', chosen: [] })
    nowMs += LOGIN_MS
    expect(logins.take(id)).to.equal(undefined)
  })

  it('do not fill the memory: beyond a thousand the oldest gives way', () => {
    const logins = createLogins({ now })
    const first = logins.begin({ challenge, at: '#/', chosen: [] })
    const second = logins.begin({ challenge, at: '#/', chosen: [] })
    for (let count = 0; count < 999; count++) logins.begin({ challenge, at: '#/', chosen: [] })
    expect(logins.take(first)).to.equal(undefined)
    expect(logins.take(second)).not.to.equal(undefined)
  })
})
