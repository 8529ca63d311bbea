import { checks } from '../check/checks.ts'
import type { Check } from '../check/checks.ts'
import { hintOf, phases, resultShape, skipped } from '../check/result.ts'
import type { CheckResult, Seen } from '../check/result.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { remembering } from '../cluster/remembering.ts'
import { explain } from '../cluster/explain.ts'
import { CliError } from '../cliError.ts'
import type { Command } from '../commandline/command.ts'
import { DOCUMENT_VERSION, documentOf, integer, list } from '../output/shape.ts'

const document = documentOf('Check', 'What was looked at, and what is wrong.', {
  ok: integer('How many are well.'),
  warnings: integer('How many are doubtful.'),
  failed: integer('How many are wrong.'),
  skipped: integer('How many could not be looked at.'),
  results: list('In order.', resultShape),
})

export const check: Command = {
  name: 'check',
  summary: 'Look whether cluster, installation and pods are well.',
  about: [
    'Without --pre, --install or --data-plane it looks at everything. It is short when all is well; what is not well, or could not be looked at, names the section of docs/checks.md that tells what to do.',
    'Warnings do not make it fail. What the user may not look at is skipped and said so. It changes nothing: that the webhook answers is seen by a dry run.',
  ],
  operands: [],
  options: {
    pre: { type: 'boolean', summary: 'Before the installation: Kubernetes and the nodes.' },
    install: { type: 'boolean', summary: 'The installation.' },
    'data-plane': { type: 'boolean', summary: 'Pods with sidecars, and their agents.' },
    all: { type: 'boolean', summary: 'Show what is well too.' },
  },
  examples: [
    { means: 'Can Baton be installed here?', line: 'check --pre' },
    { means: 'Is everything well?', line: 'check' },
    { means: 'For a monitor', line: "check -o jsonpath='{.failed}'" },
  ],
  access: [...new Set(checks.map(({ access }) => access))],
  document,
  run: async ({ flags, io, cluster }) => {
    const asked = phases.filter((phase) => flags.has(phase))
    const chosen = checks.filter(({ phase }) => asked.length === 0 || asked.includes(phase))
    const results: CheckResult[] = []
    const once = remembering(cluster())
    for (const one of chosen) results.push(await look(one, once, io.now()))
    const count = (status: CheckResult['status']): number =>
      results.filter((result) => result.status === status).length
    const failures = count('Failed')
    return {
      exit: failures > 0 ? 'failed' : 'complete',
      document: {
        apiVersion: DOCUMENT_VERSION,
        kind: 'Check',
        ok: count('Ok'),
        warnings: count('Warning'),
        failed: failures,
        skipped: count('Skipped'),
        results,
      },
      text: checkText(results, flags.has('all')),
    }
  },
}

async function look(
  { id, phase, run }: Check,
  cluster: Cluster,
  now: number,
): Promise<CheckResult> {
  const { status, sentence } = await seen(() => run(cluster, now), cluster)
  const hint = status === 'Ok' ? {} : { hint: hintOf(id) }
  return { id, phase, status, sentence, ...hint }
}

/** A server that is away ends the command; what is forbidden or missing concerns one check. */
async function seen(run: () => Promise<Seen>, cluster: Cluster): Promise<Seen> {
  try {
    return await run()
  } catch (error) {
    const known = explain(error, cluster)
    if (!(known instanceof CliError)) throw known
    if (known.reason === 'NotInstalled') return { status: 'Failed', sentence: known.message }
    if (known.exit === 'unavailable' || known.reason === 'Unauthorized') throw known
    return skipped(known.message)
  }
}

const MARKS = { Ok: '✓', Warning: '!', Failed: '✗', Skipped: '-' } as const

function checkText(results: readonly CheckResult[], showAll: boolean): string {
  const shown = results.filter(({ status }) => showAll || status !== 'Ok')
  const lines = shown.flatMap(({ id, status, sentence, hint }) => [
    `${MARKS[status]} ${id}: ${sentence}`,
    ...(hint === undefined ? [] : [`    see ${hint}`]),
  ])
  const well = results.filter(({ status }) => status === 'Ok').length
  return [...lines, `${well} of ${results.length} checks are well`].join('\n')
}
