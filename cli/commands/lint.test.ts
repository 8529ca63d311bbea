import { expect } from 'chai'
import { lintCodes } from '../lint/finding.ts'
import { schemaFaults } from '../output/testing/schemaFaults.ts'
import { MESH, WEB } from '../testing/manifests.ts'
import { runCli } from '../testing/runCli.ts'
import { lint } from './lint.ts'

const GATEWAY = `apiVersion: baton.dev/v1beta1
kind: IngressGateway
metadata: { name: edge, namespace: shop }
spec:
  proxy: { name: proxy, image: "proxy:1", command: [/proxy] }
  service: { ports: [{ port: 80 }] }
`
const second = MESH.replace('name: mesh', 'name: mesh2')
const both = (text: string): string => `${text}---\n${WEB}`

/** What is wrong -> the manifests, and the codes that lint gives. */
const cases: Readonly<Record<string, readonly [text: string, codes: readonly string[]]>> = {
  nothing: [both(MESH), []],
  'a field with a typing error': [
    both(MESH.replace('handover: {}', 'handovr: {}')),
    ['BTN001', 'BTN003'],
  ],
  'a wrong type': [both(MESH.replace('image: proxy:1', 'image: [x]')), ['BTN002']],
  'a missing selector': [MESH.replace(/ {2}selector:\n.*\n.*\n/, ''), ['BTN003']],
  'what the webhook refuses': [both(MESH.replace('command: [/proxy]', 'args: []')), ['BTN003']],
  'two sets that bring one name': [both(`${MESH}---\n${second}`), ['BTN004', 'BTN102']],
  'one object twice': [both(`${MESH}---\n${MESH}`), ['BTN005', 'BTN102']],
  'a set that selects nothing': [`${MESH.replace('app: web', 'app: wbe')}---\n${WEB}`, ['BTN101']],
  'a pod that opts out': [
    both(MESH).replace(
      'labels: { app: web }\n    spec',
      'labels: { app: web, baton.dev/inject: "false" }\n    spec',
    ),
    ['BTN102'],
  ],
  'a moving tag': [both(MESH.replace('proxy:1', 'proxy:latest')), ['BTN103']],
  'a port in a registry name, and no tag': [
    both(MESH.replace('proxy:1', 'host:5000/proxy')),
    ['BTN103'],
  ],
  'a hard cut': [
    both(MESH.replace('handover: {}', 'handover: { drain: { timerSeconds: 15, maxSeconds: 15 } }')),
    ['BTN104'],
  ],
  'everything at once': [both(`${MESH}  updateStrategy: { maxUnavailable: 100% }\n`), ['BTN105']],
  'a restart of what carries traffic': [
    both(
      MESH.replace(
        'upgradeType: HotUpgrade\n        handover: {}',
        'upgradeType: ColdUpgrade\n      ports: [{ containerPort: 80 }]',
      ),
    ),
    ['BTN106'],
  ],
  'nothing about a gateway': [GATEWAY, []],
  'a gateway that the webhook refuses': [GATEWAY.replace('{ port: 80 }', ''), ['BTN003']],
  'a field of a gateway with a typing error': [
    GATEWAY.replace('spec:', 'spec:\n  replica: 2'),
    ['BTN001'],
  ],
  'a moving tag of a gateway': [GATEWAY.replace('proxy:1', 'proxy:latest'), ['BTN103']],
  'an app without a preStop hook': [both(MESH).replace(/ {10}lifecycle.*\n/, ''), ['BTN107']],
}

describe('lint', () => {
  for (const [name, [text, codes]] of Object.entries(cases)) {
    it(`finds ${name}: ${codes.join(', ') || 'no code'}`, async () => {
      const ran = await runCli(['lint', '-f', '-', '-o', 'json'], { files: { '-': text } })
      const { findings } = ran.json() as { findings: { code: string; severity: string }[] }
      const found = [...new Set(findings.map(({ code }) => code))]
      expect(found.sort(), ran.stdout).to.deep.equal(codes)
      expect(ran.code).to.equal(findings.some(({ severity }) => severity === 'Error') ? 1 : 0)
      expect(schemaFaults(lint.document.schema, ran.json())).to.deep.equal([])
    })
  }

  it('has a case for each code', () => {
    const covered = Object.values(cases).flatMap(([, codes]) => codes)
    expect([...new Set(covered)].sort()).to.deep.equal(Object.keys(lintCodes).sort())
  })

  it('says the same as text, with the remedy', async () => {
    const text = both(MESH.replace('handover: {}', 'handovr: {}'))
    const { stdout, code } = await runCli(['lint', '-f', '-'], { files: { '-': text } })
    expect(code).to.equal(1)
    expect(stdout).to.match(
      /error BTN001 sidecarset\/mesh: .*handovr is no field.*did you mean handover\?/,
    )
    expect(stdout).to.match(/\n2 objects: \d errors, 0 warnings\n$/)
  })

  it('is not silent when all is well', async () => {
    const { stdout } = await runCli(['lint', '-f', '-'], { files: { '-': both(MESH) } })
    expect(stdout).to.equal('2 objects: nothing found\n')
  })

  it('fails by warnings when it is strict', async () => {
    const text = both(MESH.replace('proxy:1', 'proxy:latest'))
    const files = { '-': text }
    expect((await runCli(['lint', '-f', '-'], { files })).code).to.equal(0)
    expect((await runCli(['lint', '-f', '-', '--strict'], { files })).code).to.equal(1)
  })

  it('leaves out what is suppressed, on the command line or in the object', async () => {
    const text = both(MESH.replace('proxy:1', 'proxy:latest'))
    const count = async (args: readonly string[], input = text): Promise<unknown> => {
      const line = ['lint', '-f', '-', '-o', 'jsonpath={.warnings}', ...args]
      return (await runCli(line, { files: { '-': input } })).stdout
    }
    expect(await count([])).to.equal('1')
    expect(await count(['--suppress', 'BTN103'])).to.equal('0')
    expect(await count(['--suppress', 'BTN103=sidecarset/mesh'])).to.equal('0')
    expect(await count(['--suppress', 'BTN103=sidecarset/other'])).to.equal('1')
    const annotated = text.replace(
      'name: mesh\n',
      'name: mesh\n  annotations: { baton.dev/lint-suppress: "BTN103" }\n',
    )
    expect(await count([], annotated)).to.equal('0')
  })

  it('refuses to suppress a code that does not exist', async () => {
    const ran = await runCli(['lint', '-f', '-', '--suppress', 'BTN13'], { files: { '-': MESH } })
    expect(ran.code).to.equal(2)
    expect(ran.stderr).to.match(/BTN13, which is no code; did you mean BTN103\?/)
  })
})
