import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { runCli } from '../testing/runCli.ts'

describe('baton console', () => {
  it('refuses what is no port and what is no way to sign in', async () => {
    const port = await runCli(['console', '--port', 'http'])
    expect(port.code).to.equal(2)
    const signIn = await runCli(['console', '--sign-in', 'none'])
    expect(signIn.code).to.equal(2)
    expect(signIn.stderr).to.contain('kubeconfig')
  })

  const guide = readFileSync(new URL('../../docs/guides/console.md', import.meta.url), 'utf8')
  const lines = [...guide.matchAll(/^kubectl baton (console.*)$/gm)].map(([, line = '']) => line)
  for (const line of lines) {
    it(`understands what its guide says: ${line}`, async () => {
      const { stderr } = await runCli(line.split(' '))
      // It gets as far as a program without its page can.
      expect(stderr).to.contain('npm run setup')
    })
  }

  it('has a guide with commands', () => {
    expect(lines).to.have.length.at.least(2)
  })

  it('says that its sources hold no page', async () => {
    const { code, stderr } = await runCli(['console'])
    expect(code).to.equal(2)
    expect(stderr).to.contain('npm run setup')
  })
})
