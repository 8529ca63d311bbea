import { expect } from 'chai'
import { parse, parseAllDocuments } from 'yaml'
import { MESH, WEB } from '../testing/manifests.ts'
import { runCli } from '../testing/runCli.ts'

interface Workload {
  readonly kind: string
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly name: string }[] }
    }
  }
}

describe('inject', () => {
  const files = { '-': WEB, 'mesh.yaml': MESH }

  it('prints the manifests with the sidecars, and tells beside it what it did', async () => {
    const { code, stdout, stderr } = await runCli(['inject', '-f', '-', '--sets', 'mesh.yaml'], {
      files,
    })
    expect(code).to.equal(0)
    const workload = parse(stdout) as Workload
    const names = workload.spec.template.spec.containers.map(({ name }) => name)
    expect(names).to.deep.equal(['proxy-1', 'proxy-2', 'baton-agent', 'app'])
    expect(stderr).to.match(
      /^deployment\/web in shop: injected mesh \(revision mesh-\w{10}: proxy-1, proxy-2\)\n$/,
    )
  })

  it('takes its own output: what is injected stays as it is, byte for byte', async () => {
    const first = await runCli(['inject', '-f', '-', '--sets', 'mesh.yaml'], { files })
    const again = await runCli(['inject', '-f', '-', '--sets', 'mesh.yaml'], {
      files: { ...files, '-': first.stdout },
    })
    expect(again.stdout).to.equal(first.stdout)
    expect(again.stderr).to.match(/skipped mesh: AlreadyInjected/)
  })

  it('is undone by uninject', async () => {
    const there = await runCli(['inject', '-f', '-', '--sets', 'mesh.yaml'], { files })
    const back = await runCli(['uninject', '-f', '-', '--sets', 'mesh.yaml'], {
      files: { ...files, '-': there.stdout },
    })
    expect(parse(back.stdout)).to.deep.equal(parse(WEB))
  })

  it('passes on what makes no pods, and what no set selects, with the reason', async () => {
    const other = WEB.replaceAll('app: web', 'app: other')
    const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\n'
    const text = [service, other, MESH].join('---\n')
    const { stdout, stderr } = await runCli(['inject', '-f', '-'], { files: { '-': text } })
    const objects = parseAllDocuments(stdout).map((one) => one.toJS() as unknown)
    expect(objects).to.deep.equal([parse(service), parse(other), parse(MESH)])
    expect(stderr).to.equal('deployment/web in shop: no SidecarSet selects its pods\n')
  })

  it('prints one List under -o json', async () => {
    const ran = await runCli(['inject', '-f', '-', '--sets', 'mesh.yaml', '-o', 'json'], { files })
    expect(ran.json())
      .to.include({ apiVersion: 'v1', kind: 'List' })
      .and.have.property('items')
      .of.length(1)
  })

  it('names the line of what is no YAML, and a set that would be refused', async () => {
    const broken = await runCli(['inject', '-f', '-'], { files: { '-': 'kind: Pod\n  bad: [' } })
    expect([broken.code, broken.stderr]).to.deep.equal([2, broken.stderr])
    expect(broken.stderr).to.match(/standard input is no YAML, line \d/)
    const bad = MESH.replace('command: [/proxy]', 'args: []')
    const refused = await runCli(['inject', '-f', '-', '--sets', 'bad.yaml'], {
      files: { '-': WEB, 'bad.yaml': bad },
    })
    expect(refused.code).to.equal(2)
    expect(refused.stderr).to.match(/SidecarSet mesh would be refused: .*command is not set/)
  })
})
