/**
 * The condition `baton.dev/Sidecars` of a pod carries one line for each set that upgraded it:
 * `handover <id>: settled. <sentence>` or `handover <id>: failed (<Reason>). <sentence>`.
 * The id tells a restarted operator which attempts are over.
 */
export interface RecordedResult {
  readonly id: string
  readonly outcome: 'settled' | 'failed'
  /** Empty when settled. */
  readonly reason: string
  readonly sentence: string
}

const LINE = /^handover (\S+): (?:(settled)|failed \((\w+)\))\. (.*)$/

/** The results in a condition's message; lines in another form are passed over. */
export function parseResults(message: string | undefined): readonly RecordedResult[] {
  return (message ?? '').split('\n').flatMap((line) => {
    const [, id, settled, reason, sentence] = LINE.exec(line) ?? []
    if (id === undefined || sentence === undefined) return []
    const outcome = settled === undefined ? 'failed' : 'settled'
    return [{ id, outcome, reason: reason ?? '', sentence } as const]
  })
}

/** One line; the sentence is cut to 512 characters. */
export function formatResult(result: RecordedResult): string {
  const outcome = result.outcome === 'settled' ? 'settled' : `failed (${result.reason})`
  const sentence = result.sentence.replaceAll(/\s+/g, ' ').slice(0, 512)
  return `handover ${result.id}: ${outcome}. ${sentence}`
}
