import { formatTable } from '../table.ts'
import { analysisLines } from './analysisText.ts'
import type { ContainerRow, RevisionStatus, SetStatusRow } from './statusShape.ts'

export interface StatusData {
  readonly sets: readonly SetStatusRow[]
  /** Of the one set asked about. */
  readonly revisions?: readonly RevisionStatus[]
  readonly notes: readonly string[]
}

/** A table of sets, or one set as a tree. */
export function statusText({ sets, revisions, notes }: StatusData): string {
  const [set] = sets
  if (revisions === undefined) return setTable(sets)
  if (set === undefined) return ''
  return [...headerOf(set), ...tree(revisions), ...notes.map((note) => `note: ${note}`)].join('\n')
}

const HEADER = [
  'SET',
  'PHASE',
  'REVISION',
  'MATCHED',
  'UPDATED',
  'READY',
  'UPGRADING',
  'FAILED',
  'CUT',
]

function setTable(sets: readonly SetStatusRow[]): string {
  if (sets.length === 0) return 'No SidecarSet exists.'
  const rows = sets.map(({ set, phase, latestRevision, pods, handovers }) => [
    set,
    phase,
    latestRevision,
    ...[pods.matched, pods.updated, pods.ready, pods.upgrading, pods.failed].map(String),
    String(handovers.connectionsCut),
  ])
  return formatTable(HEADER, rows)
}

function headerOf({ set, phase, sentence, pods, handovers, analysis, conditions }: SetStatusRow) {
  const other = conditions.filter(
    ({ type, status }) =>
      (type === 'Degraded' && status === 'True') || (type === 'Available' && status === 'False'),
  )
  return [
    `${set}  ${phase}: ${sentence}`,
    `  pods        ${pods.matched} matched, ${pods.updated} updated, ${pods.ready} ready, ` +
      `${pods.upgrading} in flight, ${pods.failed} failed`,
    `  handovers   ${handovers.completed} completed, ${handovers.failed} failed; connections: ` +
      `${handovers.connectionsDrained} drained, ${handovers.connectionsCut} cut`,
    ...(analysis === undefined ? [] : analysisLines(analysis)),
    ...other.map(({ type, reason, message }) => `  ${type.padEnd(11)} ${reason}: ${message}`),
  ]
}

interface Branch {
  readonly text: string
  readonly inner: readonly Branch[]
}

function tree(revisions: readonly RevisionStatus[]): readonly string[] {
  const branches = revisions.map(({ revision, role, images, pods, workloads }): Branch => ({
    text: `revision ${revision}${role === 'Other' ? '' : ` (${role.toLowerCase()})`}  ${pods} ${pods === 1 ? 'pod' : 'pods'}  ${images.join(' ')}`.trimEnd(),
    inner: workloads.map(({ workload, namespace, pods: members }) => ({
      text: `${workload} in ${namespace}`,
      inner: members.map((pod) => ({
        text: `${pod.pod}  ${pod.ready ? 'ready' : 'not ready'}  ${pod.reason}: ${pod.result !== undefined && pod.reason === 'UpToDate' ? pod.result : pod.sentence}`,
        inner: pod.containers.map(containerBranch),
      })),
    })),
  }))
  return lines(branches, '')
}

function containerBranch({ container, handover, slots }: ContainerRow): Branch {
  return {
    text: handover === undefined ? container : `${container}  ${handoverText(handover)}`,
    inner: slots.map(({ slot, image, state, restarts }) => ({
      text: `${slot}  ${state.toLowerCase()}  ${image}${restarts === 0 ? '' : `  ${restarts} restarts`}`,
      inner: [],
    })),
  }
}

function handoverText(handover: NonNullable<ContainerRow['handover']>): string {
  const { phase, reason, message, connectionsLeft, connectionsDrained, connectionsCut } = handover
  const kernel = Object.entries(handover.kernel)
    .filter(([, growth]) => growth !== 0)
    .map(([name, growth]) => `, ${name} +${growth}`)
  const why = [reason, message].filter((part) => part !== '').join(': ')
  return (
    `${phase}${why === '' ? '' : ` (${why})`}  connections: ${connectionsLeft} draining, ` +
    `${connectionsDrained} drained, ${connectionsCut} cut${kernel.join('')}`
  )
}

function lines(branches: readonly Branch[], indent: string): readonly string[] {
  return branches.flatMap(({ text, inner }, index) => {
    const isLast = index === branches.length - 1
    return [
      `${indent}${isLast ? '└─ ' : '├─ '}${text}`,
      ...lines(inner, `${indent}${isLast ? '   ' : '│  '}`),
    ]
  })
}
