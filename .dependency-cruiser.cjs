// The tree is the architecture: imports point one way, main -> feature -> runtime -> api.

/** Our top folders except those named, as a pattern for paths. */
const ours = [
  'agent',
  'api',
  'build',
  'cli',
  'console',
  'crds',
  'e2e',
  'launcher',
  'manifests',
  'operator',
].concat(['observability', 'runtime', 'test', 'webhook'])
const allBut = (...names) => `^(${ours.filter((name) => !names.includes(name)).join('|')})/`

// A test, and what only tests use: it may look wherever it needs to.
const tests = '(\\.test\\.ts$|/testing/|/updateGolden\\.ts$)'

/** `folder` imports, of ours, nothing but itself and `allowed`; its tests also `test/`. */
const layer = (folder, allowed, why, inTests = []) => [
  {
    name: `${folder}-imports`,
    comment: why,
    severity: 'error',
    from: { path: `^${folder}/`, pathNot: tests },
    to: { path: allBut(folder, ...allowed) },
  },
  {
    name: `${folder}-tests-import`,
    comment: `${why} Its tests may use the test support too.`,
    severity: 'error',
    from: { path: `^${folder}/.*${tests}` },
    to: { path: allBut(folder, ...allowed, ...inTests, 'test', 'launcher', 'build') },
  },
]

module.exports = {
  forbidden: [
    ...layer('api', [], 'The API is pure and imports nothing of ours.'),
    ...layer('runtime', ['api'], 'The controller runtime knows nothing of sidecars.'),
    ...layer('agent', ['api', 'runtime'], 'The agent is a program of its own.'),
    ...layer('operator', ['api', 'runtime', 'webhook'], 'The operator is a program of its own.'),
    {
      name: 'operator-takes-injection-only',
      comment:
        'The pods of a gateway are made by the pure function that injects sidecars (ADR 12); the rest of the webhook is a program of its own.',
      severity: 'error',
      from: { path: '^operator/', pathNot: tests },
      to: { path: '^webhook/', pathNot: '^webhook/inject/' },
    },
    ...layer('webhook', ['api', 'runtime'], 'The webhook is a program of its own.'),
    ...layer(
      'cli',
      ['api', 'runtime', 'manifests', 'crds', 'webhook', 'operator', 'console'],
      'The CLI is a program of its own.',
    ),
    ...layer(
      'console',
      ['api', 'runtime', 'manifests', 'cli', 'operator'],
      'The console shows and does what the CLI does, by the same code.',
    ),
    {
      name: 'cli-starts-the-console',
      comment: 'One command serves the console; nothing else of the CLI knows it.',
      severity: 'error',
      from: { path: '^cli/', pathNot: '^cli/commands/console(Options)?\\.ts$' },
      to: { path: '^console/' },
    },
    {
      name: 'console-is-no-command',
      comment: 'The console takes what commands are made of, never what reads a command line.',
      severity: 'error',
      from: { path: '^console/', pathNot: tests },
      to: {
        path: '^cli/(commands|completion|bundle|check|lint)/|^cli/(main|program|reference)\\.ts$',
      },
    },
    {
      name: 'page-is-for-browsers',
      comment: 'What a browser loads takes types and pure code of ours, never what needs Node.',
      severity: 'error',
      from: { path: '^console/web/', pathNot: tests },
      to: {
        path: '^(api|runtime|operator|manifests|cli|console/(?!web/|wire\\.ts$))',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'cli-takes-decisions-only',
      comment:
        'CLI and console say what webhook and operator decide by the code with which they decide: they take the pure parts, never those that act.',
      severity: 'error',
      from: { path: '^(cli|console)/', pathNot: tests },
      to: {
        path: '^(webhook|operator)/',
        pathNot:
          '^(webhook/inject/|operator/sidecarset/(analysis|canary|rollout|status|revisions|resize|prefetch)/|operator/webhookconfiguration/manifests\\.ts$|operator/interception/(podView|record)\\.ts$|operator/sidecarset/counted\\.ts$)',
      },
    },
    ...layer('crds', ['api'], 'Schemas are made of the API alone.'),
    ...layer(
      'manifests',
      ['api', 'crds', 'observability'],
      'Manifests are made of the API, the schemas, and what watches over it.',
      // What the roles must allow is recorded from the programs themselves.
      ['runtime', 'operator', 'webhook'],
    ),
    ...layer(
      'observability',
      ['api', 'runtime', 'operator', 'webhook', 'agent'],
      'It tells of what the programs measure.',
      ['cli', 'manifests'],
    ),
    {
      name: 'alerts-are-data',
      comment:
        'Alerts and dashboards know no program: what they ask for is compared with the programs by tests.',
      severity: 'error',
      from: { path: '^observability/', pathNot: `(${tests}|^observability/reference/)` },
      to: { path: '^(runtime|operator|webhook|agent)/' },
    },
    ...layer('launcher', ['api'], 'The launcher is C; its build needs nothing of ours.'),
    {
      name: 'agent-is-small',
      comment:
        'The agent runs in every pod: no Kubernetes client, no web framework (docs: memory).',
      severity: 'error',
      from: { path: '^agent/', pathNot: tests },
      to: { path: 'node_modules/(@kubernetes|kubernetes-fluent-client|express|winston)/' },
    },
    {
      name: 'api-is-pure',
      comment: 'Types, constants, defaults and validation: no input, no output, no clock.',
      severity: 'error',
      from: { path: '^api/', pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|net)$' },
    },
    {
      name: 'products-import-no-e2e',
      comment: 'Only the set-up, which brings up the test cluster, knows the end-to-end tests.',
      severity: 'error',
      from: { pathNot: '^(e2e|test|build/setup)/' },
      to: { path: '^e2e/' },
    },
    {
      name: 'test-support-in-tests-only',
      comment: 'Nothing that is shipped may depend on what only tests use.',
      severity: 'error',
      from: { path: allBut('test', 'e2e'), pathNot: tests },
      to: { path: '(^test/|/testing/|\\.test\\.ts$)' },
    },
    {
      name: 'no-cycles',
      comment: 'Files of a cycle cannot be understood one by one.',
      severity: 'error',
      // Types only exist before the program runs.
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A module that nothing imports and that is no entry is dead.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot:
          '(\\.test\\.ts$|(^|/)(main|cli|run|check)\\.ts$|/bootstrap\\.mjs$|/testing/|^[^/]+$)',
      },
      to: {},
    },
    {
      name: 'no-dev-dependencies-in-products',
      comment: 'What is shipped is bundled from dependencies, not from tools.',
      severity: 'error',
      from: { path: '^(agent|api|cli|console|operator|runtime|webhook)/', pathNot: tests },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere fails when the program runs.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|docs)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
