import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

// From file, what it imports, and the rule that it breaks; no rule = allowed.
const imports: readonly (readonly [from: string, to: string, rule?: string])[] = [
  ['agent/main.ts', '../api/api.ts'],
  ['agent/a.ts', '../runtime/runtime.ts'],
  ['agent/b.ts', '../operator/operator.ts', 'agent-imports'],
  ['agent/c.ts', '../webhook/webhook.ts', 'agent-imports'],
  ['agent/d.ts', '../cli/cli.ts', 'agent-imports'],
  ['agent/e.ts', 'express', 'agent-is-small'],
  ['agent/a.test.ts', '../launcher/build.ts'],
  ['agent/b.test.ts', '../test/ledger.ts'],
  ['agent/c.test.ts', '../operator/operator.ts', 'agent-tests-import'],
  ['operator/a.ts', '../agent/main.ts', 'operator-imports'],
  ['operator/b.ts', '../test/ledger.ts', 'operator-imports'],
  ['operator/c.ts', '../runtime/testing/fake.ts', 'test-support-in-tests-only'],
  ['operator/a.test.ts', '../runtime/testing/fake.ts'],
  ['operator/d.ts', 'mocha', 'no-dev-dependencies-in-products'],
  ['webhook/a.ts', '../operator/operator.ts', 'webhook-imports'],
  ['cli/a.ts', '../operator/operator.ts', 'cli-takes-decisions-only'],
  ['cli/c.ts', '../webhook/inject/inject.ts'],
  ['cli/d.ts', '../agent/agent.ts', 'cli-imports'],
  ['cli/e.ts', '../console/server.ts', 'cli-starts-the-console'],
  ['cli/commands/console.ts', '../../console/server.ts'],
  ['console/a.ts', '../cli/cli.ts'],
  ['console/b.ts', '../cli/commands/pause.ts', 'console-is-no-command'],
  ['console/c.ts', '../operator/operator.ts', 'cli-takes-decisions-only'],
  ['console/d.ts', '../webhook/webhook.ts', 'console-imports'],
  ['console/web/a.ts', '../wire.ts'],
  ['console/web/b.ts', '../server.ts', 'page-is-for-browsers'],
  ['cli/b.ts', '../e2e/cluster.ts', 'products-import-no-e2e'],
  ['observability/a.ts', '../operator/operator.ts', 'alerts-are-data'],
  ['observability/reference/a.ts', '../../operator/operator.ts'],
  ['observability/b.ts', '../cli/cli.ts', 'observability-imports'],
  ['observability/a.test.ts', '../cli/cli.ts'],
  ['manifests/a.ts', '../observability/alerts.ts'],
  ['operator/e.ts', '../observability/alerts.ts', 'operator-imports'],
  ['runtime/a.ts', '../api/api.ts'],
  ['runtime/b.ts', '../operator/operator.ts', 'runtime-imports'],
  ['api/a.ts', '../runtime/runtime.ts', 'api-imports'],
  ['api/b.ts', 'node:fs', 'api-is-pure'],
  ['api/c.ts', 'node:crypto'],
  ['api/d.ts', './nowhere.ts', 'resolvable'],
  ['build/setup/a.ts', '../../e2e/cluster.ts'],
  ['build/images/a.ts', '../../e2e/cluster.ts', 'products-import-no-e2e'],
  ['e2e/a.ts', '../build/images/a.ts'],
]

interface Violation {
  readonly from: string
  readonly rule: { readonly name: string }
}

describe('the import rules', () => {
  let violations: readonly Violation[] = []
  before(() => {
    const root = mkdtempSync(join(tmpdir(), 'baton-imports-'))
    try {
      for (const file of [
        'package.json',
        'tsconfig.json',
        'node_modules',
        '.dependency-cruiser.cjs',
      ])
        symlinkSync(resolve(file), join(root, file))
      const targets = ['api/api', 'runtime/runtime', 'runtime/testing/fake', 'operator/operator']
      targets.push('webhook/inject/inject', 'agent/agent')
      targets.push('console/server', 'console/wire', 'cli/commands/pause')
      targets.push('webhook/webhook', 'cli/cli', 'e2e/cluster', 'test/ledger', 'launcher/build')
      targets.push('observability/alerts')
      const write = (file: string, text: string): void => {
        mkdirSync(dirname(join(root, file)), { recursive: true })
        writeFileSync(join(root, file), text)
      }
      for (const target of targets) write(`${target}.ts`, 'export const here = 1\n')
      for (const [from, to] of imports) write(from, `import '${to}'\nexport const here = 1\n`)
      const { stdout, stderr } = spawnSync(
        resolve('node_modules/.bin/depcruise'),
        ['--output-type', 'json', '.'],
        { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 },
      )
      if (stdout === '') throw new Error(stderr)
      const report = JSON.parse(stdout) as { summary: { violations: readonly Violation[] } }
      violations = report.summary.violations
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  for (const [from, to, rule] of imports)
    it(`${rule === undefined ? 'allow' : 'forbid'} ${from} to import ${to}`, () => {
      const broken = violations.filter((violation) => violation.from === from)
      const names = broken.map((violation) => violation.rule.name)
      if (rule === undefined) expect(names).to.deep.equal([])
      else expect(names).to.include(rule)
    })
})
