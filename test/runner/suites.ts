/** A group of test files that runs in a process of its own. */
export interface Suite {
  readonly name: string
  readonly what: string
  /** Globs, relative to the top of the repository. */
  readonly files: readonly string[]
  /** For each test and hook unless it says otherwise. */
  readonly timeoutMs: number
  /** It waits most of its time, and runs beside the suites before it. */
  readonly runsBeside?: boolean
}

/** In order: what fails fastest comes first, but for `processes`, whose time the ones before it use. */
export const suites: readonly Suite[] = [
  {
    name: 'unit',
    what: 'decisions, decoders, and controllers against an API server in memory',
    files: [
      'api/**/*.test.ts',
      'runtime/**/*.test.ts',
      'operator/**/*.test.ts',
      'webhook/**/*.test.ts',
      'crds/**/*.test.ts',
      'manifests/*.test.ts',
      'observability/**/*.test.ts',
      'cli/**/*.test.ts',
      'build/**/*.test.ts',
      'test/matrix/{options,page}.test.ts',
      'test/documentation/*.test.ts',
      'e2e/bench/**/*.test.ts',
    ],
    timeoutMs: 90_000,
  },
  {
    name: 'console',
    what: 'the console: its rules, over HTTP with a real operator, and in a browser',
    files: ['console/**/*.test.ts'],
    timeoutMs: 120_000,
  },
  {
    name: 'helm',
    what: 'the chart as Helm sees it',
    files: ['manifests/helm/*.test.ts'],
    timeoutMs: 30_000,
  },
  {
    name: 'cluster',
    what: 'the local Kubernetes cluster itself',
    files: ['e2e/cluster/**/*.test.ts'],
    timeoutMs: 180_000,
  },
  {
    name: 'guides',
    what: 'every command of README, guides and runbooks, typed into a real cluster',
    files: ['e2e/documentation/*.test.ts'],
    timeoutMs: 180_000,
  },
  {
    name: 'processes',
    what: 'launcher, agent and ledger with real processes, sockets and proxies',
    files: [
      'test/!(matrix|dubbo|documentation)/**/*.test.ts',
      'launcher/**/*.test.ts',
      'agent/**/*.test.ts',
    ],
    timeoutMs: 120_000,
    runsBeside: true,
  },
  {
    name: 'matrix',
    what: 'every proxy handed over under load: the small version of npm run bench:handover',
    files: ['test/matrix/matrix.test.ts'],
    timeoutMs: 90_000,
  },
  {
    name: 'dubbo',
    what: 'the hooks of a toggle with a real Dubbo and a real ZooKeeper',
    files: ['test/dubbo/*.test.ts'],
    timeoutMs: 300_000,
  },
  {
    name: 'e2e',
    what: 'Baton on a real cluster, under load',
    files: ['e2e/suites/**/*.test.ts'],
    timeoutMs: 300_000,
  },
]
