import { revisionHash, revisionTemplate } from '../../api/revision.ts'
import { usageError } from '../cliError.ts'
import { listSubjects, readSubject } from '../cluster/subjects.ts'
import { SUBJECT } from '../commandline/subject.ts'
import type { Call, Command } from '../commandline/command.ts'
import { DOCUMENT_VERSION, documentOf, list, optional, text } from '../output/shape.ts'
import type { Outcome } from '../output/outcome.ts'
import { agentChoices, readRollout, ROLLOUT_ACCESS } from '../rollout/readRollout.ts'
import type { AgentChoice } from '../rollout/readRollout.ts'
import { createScreen } from '../status/screen.ts'
import { setRow } from '../status/setRow.ts'
import { statusText } from '../status/statusText.ts'
import type { StatusData } from '../status/statusText.ts'
import { revisionShape, setShape } from '../status/statusShape.ts'
import { revisionTree } from '../status/tree.ts'
import { goals, parseGoal } from '../status/judgeWait.ts'
import type { Goal } from '../status/judgeWait.ts'
import { waitDocument, waitFor } from '../status/waitFor.ts'

const document = documentOf('Status', 'What SidecarSets and their pods do.', {
  sets: list('By name.', setShape),
  revisions: optional(list('Of the one set asked about: the latest comes first.', revisionShape)),
  ended: optional(waitDocument),
  notes: list('What could not be read.', text('A sentence.')),
})

export const status: Command = {
  name: 'status',
  summary: 'Show what every SidecarSet and gateway does, or one of them with its pods and slots.',
  about: [
    'For one set: a tree of revisions, workloads, pods, containers and slots, with the phase of each handover, the connections that drain, and those that were cut; above it what the rollout is judged by, each value with what is wanted of it.',
    '--watch draws it anew in its place as it changes, and writes plain lines into a pipe. --for waits and then ends with the code that tells how it went: it waits for the revision that the set has now, and ends with superseded when another one takes its place.',
    'A rollout that needs a person ends the wait: with paused when it is paused, is NotUpdate or has reached its partition.',
  ],
  operands: [
    {
      name: 'SET',
      summary: `${SUBJECT.summary}; all without it`,
      optional: true,
      completes: 'sidecarsets',
    },
  ],
  options: {
    watch: { type: 'boolean', short: 'w', summary: 'Show changes until it is stopped.' },
    for: {
      type: 'string',
      value: 'GOAL',
      summary: `Wait for this: ${goals.join(', ')}, or step=N of a canary.`,
    },
    timeout: {
      type: 'string',
      value: 'TIME',
      summary: 'With --for or --watch: end after so long, with timeout. Defaults to never.',
    },
    interval: { type: 'string', value: 'TIME', summary: 'Between two looks. Defaults to 1s.' },
    agents: {
      type: 'string',
      value: 'WHICH',
      summary: 'Agents of which pods are asked: busy is those in an upgrade or soon after one.',
      choices: agentChoices,
    },
  },
  examples: [
    { means: 'All sets', line: 'status' },
    { means: 'One set, live', line: 'status mesh --watch' },
    { means: 'In a pipeline', line: 'status mesh --for=complete --timeout 15m -o json' },
    {
      means: 'Which pods failed',
      line: `status mesh -o jsonpath='{.revisions[*].workloads[*].pods[?(@.reason=="FailedBefore")].pod}'`,
    },
  ],
  access: ['list sidecarsets; list ingressgateways (optional)', ...ROLLOUT_ACCESS],
  document,
  run: async (call) => {
    const { flags, operands } = call
    const [name] = operands
    const goal = goalOf(flags)
    if (goal !== undefined && name === undefined) throw usageError('--for needs a SET to wait for')
    if (flags.has('watch') && !call.forPeople) {
      throw usageError(
        '--watch draws for people, and -o prints one document',
        'wait by --for, or leave one of them out',
      )
    }
    if (goal !== undefined && name !== undefined) return waiting(call, name, goal)
    if (flags.has('watch')) return watching(call, name)
    return outcome(await look(call, name))
  },
}

function goalOf(flags: Call['flags']): Goal | undefined {
  const given = flags.text('for')
  if (given === undefined) return undefined
  const goal = parseGoal(given)
  if (goal !== undefined) return goal
  throw usageError(`--for is "${given}"`, `write one of ${goals.join(', ')}, step=N`)
}

function outcome(data: StatusData): Outcome {
  return {
    exit: 'complete',
    document: { apiVersion: DOCUMENT_VERSION, kind: 'Status', ...data },
    text: statusText(data),
  }
}

async function look({ cluster, io, flags }: Call, name: string | undefined): Promise<StatusData> {
  if (name === undefined) {
    return { sets: (await listSubjects(cluster())).map(setRow), notes: [] }
  }
  const set = await readSubject(cluster(), name)
  const agents = (flags.text('agents') ?? 'busy') as AgentChoice
  const rollout = await readRollout(cluster(), set, { now: io.now(), agents })
  return { sets: [setRow(set)], revisions: revisionTree(rollout), notes: rollout.notes }
}

async function waiting(call: Call, name: string, goal: Goal): Promise<Outcome> {
  const { flags, io } = call
  const set = await readSubject(call.cluster(), name)
  const ended = await waitFor({
    cluster: call.cluster(),
    io,
    set,
    revision: revisionHash(revisionTemplate(set.spec)),
    goal,
    timeoutMs: flags.duration('timeout'),
    intervalMs: flags.duration('interval'),
    // The one document comes at the end.
    onChange: call.forPeople
      ? (line) => {
          io.print(`${line}\n`)
        }
      : undefined,
  })
  const { exit, reason, sentence } = ended
  const sets = ended.set === undefined ? [] : [setRow(ended.set)]
  const { revision } = ended
  return {
    exit,
    document: {
      apiVersion: DOCUMENT_VERSION,
      kind: 'Status',
      sets,
      ended: { exit, reason, sentence, revision },
      notes: [],
    },
    text: `${name}: ${exit}: ${sentence}`,
  }
}

/** On a terminal the tree is drawn in its place; into a pipe goes a line for each change. */
async function watching(call: Call, name: string | undefined): Promise<Outcome> {
  const { io, flags } = call
  const intervalMs = flags.duration('interval') ?? 1_000
  const timeoutMs = flags.duration('timeout')
  const screen = io.columns === undefined ? undefined : createScreen(io.columns)
  const start = io.now()
  let last = ''
  for (;;) {
    const data = await look(call, name)
    const text = screen === undefined ? plainLines(data) : statusText(data)
    if (screen !== undefined) io.print(screen.draw(text))
    else if (text !== last) io.print(`${newLines(text, last).join('\n')}\n`)
    last = text
    const isLate = timeoutMs !== undefined && io.now() - start >= timeoutMs
    if (isLate) return { ...outcome(data), exit: 'timeout', text: '' }
    if (!(await slept(call, intervalMs))) return { ...outcome(data), text: '' }
  }
}

/** False when the user has stopped it. */
async function slept({ io }: Call, ms: number): Promise<boolean> {
  try {
    await io.sleep(ms, io.signal)
    return true
  } catch (error) {
    if (io.signal.aborted) return false
    throw error
  }
}

function plainLines({ sets, revisions = [] }: StatusData): string {
  const pods = revisions.flatMap(({ revision, workloads }) =>
    workloads.flatMap(({ namespace, pods: members }) =>
      members.map(
        ({ pod, ready, reason, sentence }) =>
          `${namespace}/${pod} revision ${revision} ${ready ? 'ready' : 'not ready'} ${reason}: ${sentence}`,
      ),
    ),
  )
  return [...sets.map(({ set, phase, sentence }) => `${set} ${phase}: ${sentence}`), ...pods].join(
    '\n',
  )
}

function newLines(text: string, last: string): readonly string[] {
  const before = new Set(last.split('\n'))
  return text.split('\n').filter((line) => !before.has(line))
}
