import { expect } from 'chai'
import { parseTargets, sourcesList } from './aptSource.ts'

const targets = parseTargets(
  [
    'http://mirror.test/debian/ bookworm main',
    'http://mirror.test/debian/ bookworm-updates main',
    'http://vendor.test/apt/ tools main',
    '',
  ].join('\n'),
)
const withoutTrust = (list: string): string => list.replace(/\[.*\] /, '')

describe("apt's sources for the proxies", () => {
  it("are the machine's own release, from its own mirror", () => {
    const list = sourcesList(targets, 'bookworm', 'own')
    expect(withoutTrust(list)).to.equal('deb http://mirror.test/debian/ bookworm main\n')
  })

  it('are testing for the other one, from the same mirror', () => {
    const list = sourcesList(targets, 'bookworm', 'other')
    expect(withoutTrust(list)).to.equal('deb http://mirror.test/debian/ testing main\n')
  })

  it('are stable for the other one on a machine that follows testing', () => {
    const moving = parseTargets('http://mirror.test/debian/ testing main\n')
    expect(sourcesList(moving, 'forky', 'own')).to.contain(' testing main')
    expect(sourcesList(moving, 'forky', 'other')).to.contain(' stable main')
  })

  it('keep all components, where what is wanted is not in the first', () => {
    const two = parseTargets('http://m.test/ noble main\nhttp://m.test/ noble universe\n')
    expect(sourcesList(two, 'noble', 'own')).to.contain('http://m.test/ noble main universe\n')
  })

  it('cannot be guessed when apt does not read this machine’s release', () => {
    expect(() => sourcesList(targets, 'trixie', 'own')).to.throw(/'trixie'[^]*bookworm[^]*Add/)
  })
})
