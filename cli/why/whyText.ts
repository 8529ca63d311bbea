import type { Why } from './whyShape.ts'

const MOST_PODS = 20

/** The rule first, then the line to change, then the pods. */
export function whyText(why: Why): string {
  const { set, blocked, rule, sentence, change, pods, notes } = why
  const shown = pods.slice(0, MOST_PODS)
  return [
    `${set}: ${blocked ? 'blocked by ' : ''}${rule}: ${sentence}`,
    ...(change === undefined ? [] : changeLines(change)),
    ...(shown.length === 0 ? [] : ['', 'pods']),
    ...shown.map(({ pod, reason, sentence: why }) => `  ${pod}  ${reason}: ${why}`),
    ...(pods.length > shown.length ? [`  and ${pods.length - shown.length} more`] : []),
    ...notes.map((note) => `note: ${note}`),
  ].join('\n')
}

function changeLines({ field, line, command, advice }: NonNullable<Why['change']>) {
  const where = field === undefined ? '' : `${field}: `
  return [
    ...(line === undefined ? [] : [`  change: ${where}write "${line}"`]),
    ...(advice === undefined ? [] : [`  ${line === undefined ? `change: ${where}` : ''}${advice}`]),
    ...(command === undefined ? [] : [`  type:   ${command}`]),
  ]
}
