import { SetupError } from './error.ts'
import { allParts } from './steps/all.ts'
import type { Part } from './steps/all.ts'

/** What `bootstrap.mjs <arguments>` is asked to do. */
export interface Command {
  readonly name: 'setup' | 'check' | 'demo' | 'bench' | 'cluster' | 'test'
  /** What must be set up before. */
  readonly parts: readonly Part[]
  /** The program to run then, relative to the top of the repository; none for `setup`. */
  readonly program?: string
  readonly args: readonly string[]
}

const programs = {
  check: 'build/check.ts',
  demo: 'e2e/demo/main.ts',
  bench: 'e2e/bench/main.ts',
  cluster: 'e2e/cluster/cli.ts',
  test: 'test/run.ts',
} as const

/** What each suite of `test/runner/suites.ts` needs; a suite that is not here gets everything. */
const partsOfSuite: Readonly<Record<string, readonly Part[]>> = {
  checks: [],
  unit: [],
  processes: ['envoy', 'launcher'],
  cluster: ['kubernetes'],
  e2e: allParts,
}

/** Understands the arguments; what follows the command goes to its program unread. */
export function parseCommandLine(argv: readonly string[]): Command {
  const [name = 'setup', ...args] = argv[0]?.startsWith('-') === true ? ['setup', ...argv] : argv
  const helpOnly = args.includes('--help') || args.includes('-h')
  switch (name) {
    case 'setup':
      return { name, parts: allParts, args }
    case 'check':
      return { name, parts: [], program: programs.check, args }
    case 'demo':
    case 'bench':
      return { name, parts: helpOnly ? [] : allParts, program: programs[name], args }
    case 'cluster':
      return { name, parts: helpOnly ? [] : ['kubernetes'], program: programs[name], args }
    case 'test':
      return { name, parts: helpOnly ? [] : partsOfTests(args), program: programs.test, args }
    default:
      throw new SetupError({
        code: 'UnknownCommand',
        tried: argv.join(' '),
        seen: `the command '${name}'`,
        remedy: `Use one of: setup, ${Object.keys(programs).join(', ')}.`,
      })
  }
}

/** Suites are the arguments before the first option. */
function partsOfTests(args: readonly string[]): readonly Part[] {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'))
  const suites = args.slice(0, firstOption === -1 ? undefined : firstOption)
  if (suites.length === 0) return allParts
  const wanted = suites.flatMap((suite) => partsOfSuite[suite] ?? allParts)
  return allParts.filter((part) => wanted.includes(part))
}
