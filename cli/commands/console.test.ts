import { expect } from 'chai'
import { runCli } from '../testing/runCli.ts'

describe('baton console', () => {
  it('refuses what is no port and what is no way to sign in', async () => {
    const port = await runCli(['console', '--port', 'http'])
    expect(port.code).to.equal(2)
    const signIn = await runCli(['console', '--sign-in', 'none'])
    expect(signIn.code).to.equal(2)
    expect(signIn.stderr).to.contain('kubeconfig')
  })

  it('says that its sources hold no page', async () => {
    const { code, stderr } = await runCli(['console'])
    expect(code).to.equal(2)
    expect(stderr).to.contain('npm run setup')
  })
})
