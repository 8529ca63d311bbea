import { SetupError } from './error.ts'
import { allParts } from './steps/all.ts'
import type { Part } from './steps/all.ts'

/** What `bootstrap.mjs <arguments>` is asked to do. */
export interface Command {
  readonly name: 'setup' | keyof typeof programs
  /** What must be set up before. */
  readonly parts: readonly Part[]
  /** The program to run then, relative to the top of the repository; none for `setup`. */
  readonly program?: string
  readonly args: readonly string[]
}

const programs = {
  check: 'build/check.ts',
  demo: 'e2e/demo/main.ts',
  handover: 'test/matrix/main.ts',
  interception: 'test/interception/main.ts',
  pods: 'e2e/bench/main.ts',
  admission: 'e2e/bench/admission/main.ts',
  rotation: 'e2e/bench/rotation/main.ts',
  rollout: 'e2e/bench/rollout/main.ts',
  console: 'e2e/bench/console/main.ts',
  cluster: 'e2e/cluster/cli.ts',
  playground: 'e2e/documentation/main.ts',
  release: 'build/release/main.ts',
  test: 'test/run.ts',
} as const

/** These are built when something needs them: nobody else should wait for that. */
const partsOnDemand: readonly Part[] = ['helm', 'kruise', 'dubbo', 'browser']
const partsOfSetup = allParts.filter((part) => !partsOnDemand.includes(part))
const partsOfTestRun = allParts.filter((part) => part !== 'kruise')
/** Clusters for people have no proxy but Envoy; the suite e2e upgrades others too. */
const partsOfCluster = partsOfSetup.filter((part) => part !== 'proxies')
const partsWithProxies: readonly Part[] = ['envoy', 'proxies', 'launcher']

/** What each suite of `test/runner/suites.ts` needs; a suite that is not here gets everything. */
const partsOfSuite: Readonly<Record<string, readonly Part[]>> = {
  checks: [],
  unit: [],
  console: ['browser'],
  helm: ['helm'],
  processes: partsWithProxies,
  matrix: partsWithProxies,
  dubbo: ['dubbo'],
  cluster: ['kubernetes'],
  guides: partsOfCluster,
  e2e: [...partsOfSetup, 'helm', 'browser'],
}

/** Understands the arguments; what follows the command goes to its program unread. */
export function parseCommandLine(argv: readonly string[]): Command {
  const [name = 'setup', ...args] = argv[0]?.startsWith('-') === true ? ['setup', ...argv] : argv
  const helpOnly = args.includes('--help') || args.includes('-h')
  switch (name) {
    case 'setup':
      return { name, parts: partsOfSetup, args }
    case 'check':
      return { name, parts: [], program: programs.check, args }
    case 'handover':
      return { name, parts: helpOnly ? [] : partsWithProxies, program: programs[name], args }
    case 'interception':
      return {
        name,
        parts: helpOnly ? [] : ['envoy', 'launcher'],
        program: programs[name],
        args,
      }
    case 'demo':
    case 'playground':
    case 'pods':
    case 'admission':
    case 'rotation':
      return { name, parts: helpOnly ? [] : partsOfCluster, program: programs[name], args }
    case 'rollout':
      return { name, parts: helpOnly ? [] : partsOfRollout(args), program: programs[name], args }
    case 'console':
      return { name, parts: helpOnly ? [] : ['browser'], program: programs[name], args }
    case 'cluster':
      return { name, parts: helpOnly ? [] : ['kubernetes'], program: programs[name], args }
    case 'release':
      return { name, parts: helpOnly ? [] : ['launcher'], program: programs[name], args }
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

/** OpenKruise takes minutes to build: only for those who want to see it. */
function partsOfRollout(args: readonly string[]): readonly Part[] {
  const base: readonly Part[] = ['kubernetes', 'launcher', 'products']
  return args.includes('--without-peer') ? base : [...base, 'kruise']
}

/** Suites are the arguments before the first option. */
function partsOfTests(args: readonly string[]): readonly Part[] {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'))
  const suites = args.slice(0, firstOption === -1 ? undefined : firstOption)
  if (suites.length === 0) return partsOfTestRun
  const wanted = suites.flatMap((suite) => partsOfSuite[suite] ?? partsOfTestRun)
  return partsOfTestRun.filter((part) => wanted.includes(part))
}
