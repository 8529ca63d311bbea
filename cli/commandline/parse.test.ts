import { expect } from 'chai'
import { commands } from '../commands/index.ts'
import { runCli } from '../testing/runCli.ts'
import { globalOptions } from './globalOptions.ts'

/** typed -> what the user is told */
const mistakes: Readonly<Record<string, RegExp>> = {
  statsu: /"statsu" is no command; did you mean "status"\?/,
  frobnicate: /"frobnicate" is no command; see kubectl baton --help/,
  'version --clinet': /"--clinet" is no option of version; did you mean "--client"\?/,
  'version extra': /version does not take "extra"/,
  'version -o jsn': /-o jsn is no format; did you mean -o json\?/,
  'version -o': /-o has no value/,
  'version --client=maybe': /--client is a switch/,
  'version --request-timeout 5': /--request-timeout is "5", which is no length of time/,
  'inject -f missing.yaml': /missing.yaml cannot be read/,
  inject: /there is no manifest to inject into; name files by -f/,
  'why-injected': /needs a POD or manifests by -f, and not both/,
}

describe('a wrong command line', () => {
  for (const [line, told] of Object.entries(mistakes)) {
    it(`ends with 2 and a remedy, and prints nothing: ${line}`, async () => {
      const { code, stdout, stderr } = await runCli(line.split(' '))
      expect(stderr).to.match(told)
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' })
    })
  }

  it('ends with the same code under -o json, with the failure as the one document', async () => {
    const ran = await runCli(['statsu', '-o', 'json'])
    expect(ran.code).to.equal(2)
    expect(ran.json()).to.deep.equal({
      apiVersion: 'cli.baton.dev/v1',
      kind: 'Failure',
      reason: 'Usage',
      exitCode: 2,
      message: '"statsu" is no command',
      remedy: 'did you mean "status"?',
    })
  })
})

describe('the options of commands', () => {
  it('are given before the command too, as kubectl passes them on', async () => {
    const ran = await runCli(['-o', 'json', 'version', '--client'])
    expect(ran.json()).to.have.property('kind', 'Version')
  })

  for (const format of ['-ojson', '-o=json', '--output=json', '--output json']) {
    it(`are written in every way that kubectl takes: ${format}`, async () => {
      const ran = await runCli(['version', '--client', ...format.split(' ')])
      expect(ran.json()).to.have.property('kind', 'Version')
    })
  }

  it('mean one thing in all commands: the parser does not know the command yet', () => {
    const types = new Map<string, string>()
    for (const { name, options } of commands) {
      for (const [option, { type, short = '' }] of Object.entries(options)) {
        const kind = `${type} ${short}`
        expect(types.get(option) ?? kind, `--${option} of ${name}`).to.equal(kind)
        expect(globalOptions, name).not.to.have.property(option)
        types.set(option, kind)
      }
    }
  })
})

describe('the help', () => {
  it('names every command and every exit code', async () => {
    const { code, stdout } = await runCli([])
    expect(code).to.equal(0)
    for (const { name, summary } of commands) expect(stdout).to.contain(name).and.contain(summary)
    expect(stdout).to.match(/5 superseded/)
  })

  for (const { name, examples, options } of commands) {
    it(`of ${name} has examples and every option, and asks no cluster`, async () => {
      const { code, stdout } = await runCli([name, '--help'])
      expect(code).to.equal(0)
      expect(examples.length).to.be.at.least(1)
      for (const { line } of examples) expect(stdout).to.contain(`kubectl baton ${line}`)
      for (const option of Object.keys(options)) expect(stdout).to.contain(`--${option}`)
      expect((await runCli(['help', name])).stdout).to.equal(stdout)
    })
  }
})
