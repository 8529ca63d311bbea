import { formatTable } from '../table.ts'
import type { InterceptionRow } from './interceptionShape.ts'

const HEADER = [
  'POD',
  'NODE',
  'ORDERED',
  'STATE',
  'RULES',
  'VERIFIED',
  'OUTBOUND',
  'INBOUND',
  'MESSAGE',
]

/** One app: what is wanted, what is, and each pod. */
export function interceptionText(row: InterceptionRow): string {
  const { app, namespace, wanted, conditions, pods } = row
  const progressing = conditions.find(({ type }) => type === 'Progressing')
  const others = conditions.filter(
    ({ type, status }) => status === 'True' && !['Available', 'Progressing'].includes(type),
  )
  return [
    `${app} in ${namespace}: wanted ${wanted.toLowerCase()}: ${progressing?.message ?? 'the operator has written no status yet'}`,
    `  pods ${row.matched} matched, ${row.enabled} on, ${row.disabled} off, ${row.switching} switching, ${row.failed} failed, ${row.bypassed} bypassed`,
    ...others.map(({ type, reason, message }) => `  ${type} ${reason}: ${message}`),
    ...(pods.length === 0 ? [] : ['', formatTable(HEADER, pods.map(podCells))]),
  ].join('\n')
}

function podCells(pod: InterceptionRow['pods'][number]): readonly string[] {
  const { rules, probe } = pod
  const families = [rules?.v4 === '' ? '' : 'v4', rules?.v6 === '' ? '' : 'v6']
  return [
    pod.pod,
    pod.node,
    pod.switchable ? pod.ordered.toLowerCase() : 'not switchable',
    [pod.state, pod.phase].filter((part) => part !== undefined).join(' '),
    rules === undefined ? '?' : families.filter((family) => family !== '').join('+') || 'none',
    pod.verified === undefined ? '?' : pod.verified ? 'yes' : 'no',
    probe?.outbound ?? '',
    probe?.inbound ?? '',
    pod.message ?? pod.result ?? '',
  ]
}
