import { TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import { confirm } from '../actions/confirm.ts'
import { CHANGE_OPTIONS, CONFIRM_OPTIONS, WAIT_OPTIONS } from '../actions/options.ts'
import { scopeText } from '../actions/scope.ts'
import { CliError, usageError } from '../cliError.ts'
import { askAgents } from '../cluster/agents.ts'
import type { Call, Command } from '../commandline/command.ts'
import { nearest } from '../commandline/nearest.ts'
import { interceptionRow } from '../interception/interceptionRow.ts'
import { interceptionShape } from '../interception/interceptionShape.ts'
import { interceptionText } from '../interception/interceptionText.ts'
import { judgeToggle } from '../interception/judgeToggle.ts'
import { findInterception, podsOfInterception, readInterception } from '../interception/objects.ts'
import type { Outcome } from '../output/outcome.ts'
import { DOCUMENT_VERSION, documentOf, list, oneOf, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'
import { poll } from '../status/poll.ts'
import { waitDocument } from '../status/waitFor.ts'

const document = documentOf('Intercept', 'The interception of an app.', {
  outcome: oneOf(
    'Status: nothing was to be changed. Unchanged: it is as asked already.',
    'Status',
    'Created',
    'Changed',
    'Unchanged',
    'DryRun',
  ),
  sentence: text('What was done.'),
  interception: interceptionShape,
  ended: optional(waitDocument),
  notes: list('What could not be read.', text('A sentence.')),
})

type InterceptDocument = ShapeOf<typeof document>

const verbs = ['on', 'off', 'status'] as const
type Verb = (typeof verbs)[number]

export const intercept: Command = {
  name: 'intercept',
  summary: 'Switch the interception of an app on or off, or show it pod by pod.',
  about: [
    'on and off change spec.enabled of the TrafficInterception that is named as the app; connections that exist stay where they are. Asked for what is so already they change nothing.',
    "status shows for each pod what it was told, the rules in the kernel, and where the agent's last probe connection went.",
    'With --wait it ends as status --for does. With --create, on makes the object if there is none: for pods with the label app, or with --selector.',
  ],
  operands: [{ name: 'on|off|status', summary: 'what to do', completes: verbs }],
  options: {
    app: { type: 'string', value: 'APP', summary: 'Name of the TrafficInterception. Needed.' },
    create: { type: 'boolean', summary: 'With on: make the TrafficInterception if there is none.' },
    selector: {
      type: 'string',
      value: 'KEY=VALUE',
      summary: 'With --create: label of the pods. Defaults to app=APP.',
    },
    ...WAIT_OPTIONS,
    ...CHANGE_OPTIONS,
    ...CONFIRM_OPTIONS,
  },
  examples: [
    { means: 'Where do we stand?', line: 'intercept status --app web -n shop' },
    { means: 'Take the proxy out of the way', line: 'intercept off --app web -n shop --wait' },
  ],
  access: [
    'get and list trafficinterceptions, list pods',
    'on, off: patch trafficinterceptions; --create: create trafficinterceptions',
    'list nodes, get pods/proxy (each optional)',
  ],
  document,
  run: async (call) => {
    const verb = verbOf(call.operands[0])
    const app = call.flags.text('app')
    if (app === undefined) throw usageError('intercept needs --app', 'write --app NAME')
    if (verb === 'status') {
      const object = await readInterception(call.cluster(), app)
      return told(call, object, { outcome: 'Status', sentence: '' })
    }
    return toggle(call, app, verb === 'on')
  },
}

function verbOf(word = ''): Verb {
  const verb = verbs.find((one) => one === word)
  if (verb !== undefined) return verb
  const near = nearest(word, verbs)
  throw usageError(
    `intercept does not know "${word}"`,
    near === undefined ? `write one of ${verbs.join(', ')}` : `did you mean "${near}"?`,
  )
}

async function toggle(call: Call, app: string, wanted: boolean): Promise<Outcome> {
  const cluster = call.cluster()
  const present =
    wanted && call.flags.has('create')
      ? await findInterception(cluster, app)
      : await readInterception(cluster, app)
  const word = wanted ? 'on' : 'off'
  if (present?.spec.enabled === wanted) {
    return waited(call, present, wanted, {
      outcome: 'Unchanged',
      sentence: `interception is wanted ${word} already`,
    })
  }
  const next = present ?? newObject(call, app)
  const pods = await podsOfInterception(cluster, next, [])
  const scope = scopeText({ pods: pods.length, namespaces: pods.length === 0 ? 0 : 1 })
  await confirm(call, `switch the interception of ${scope} ${word}`)
  const objects = cluster.client.resource(TRAFFIC_INTERCEPTIONS)
  const dryRun = call.flags.text('dry-run') === 'server'
  const ref = { namespace: next.metadata.namespace, name: app }
  const after =
    present === undefined
      ? await objects.create(next, { dryRun })
      : await objects.mergePatch(ref, { spec: { enabled: wanted } }, { dryRun })
  const done = {
    outcome: dryRun ? 'DryRun' : present === undefined ? 'Created' : 'Changed',
    sentence: `interception of ${scope} is switched ${word}${dryRun ? ' (dry run on the server)' : ''}`,
  } as const
  return dryRun ? told(call, after, done) : waited(call, after, wanted, done)
}

function newObject({ flags, cluster }: Call, app: string): StoredTrafficInterception {
  const given = flags.text('selector') ?? `app=${app}`
  const [, key, value] = /^([^=]+)=([^=]+)$/.exec(given) ?? []
  if (key === undefined || value === undefined) {
    throw usageError(`--selector is "${given}"`, 'write KEY=VALUE')
  }
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'TrafficInterception',
    metadata: { name: app, namespace: cluster().namespace },
    spec: { selector: { matchLabels: { [key]: value } }, enabled: true },
  }
}

type Done = Pick<InterceptDocument, 'outcome' | 'sentence'> &
  Partial<Pick<InterceptDocument, 'ended'>>

async function waited(
  call: Call,
  object: StoredTrafficInterception,
  wanted: boolean,
  done: Done,
): Promise<Outcome> {
  const { flags, io } = call
  if (!flags.has('wait')) return told(call, object, done)
  const { namespace, name } = object.metadata
  const { seen, exit, reason, sentence } = await poll({
    io,
    goal: wanted ? 'on' : 'off',
    timeoutMs: flags.duration('timeout'),
    intervalMs: undefined,
    look: () => call.cluster().client.resource(TRAFFIC_INTERCEPTIONS).find({ namespace, name }),
    judge: (one) => judgeToggle(one, wanted),
    line: (one) =>
      one?.status?.conditions?.find(({ type }) => type === 'Progressing')?.message ?? '',
    onChange: call.forPeople
      ? (line) => {
          io.print(`${line}\n`)
        }
      : undefined,
  })
  if (seen === undefined) {
    throw new CliError({ exit, reason, message: sentence })
  }
  const revision = String(object.metadata.generation ?? 0)
  return told(call, seen, { ...done, ended: { exit, reason, sentence, revision } })
}

async function told(call: Call, object: StoredTrafficInterception, done: Done): Promise<Outcome> {
  const notes: string[] = []
  const cluster = call.cluster()
  const pods = await podsOfInterception(cluster, object, notes)
  const row = interceptionRow(object, pods, await askAgents(cluster, pods, notes))
  const { sentence, ended } = done
  const found: InterceptDocument = {
    apiVersion: DOCUMENT_VERSION,
    kind: 'Intercept',
    ...done,
    interception: row,
    notes,
  }
  return {
    exit: ended?.exit ?? 'complete',
    document: found,
    text: [
      ...(sentence === '' ? [] : [`${row.app}: ${sentence}`]),
      ...(ended === undefined ? [] : [`${row.app}: ${ended.exit}: ${ended.sentence}`]),
      interceptionText(row),
      ...notes.map((note) => `note: ${note}`),
    ].join('\n'),
  }
}
