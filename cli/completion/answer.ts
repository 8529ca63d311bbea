import { INGRESS_GATEWAYS, SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Command } from '../commandline/command.ts'
import { candidatesFor } from './complete.ts'
import type { Candidates } from './complete.ts'

/** The word by which the shell's completion calls the program, as kubectl's plugins have it. */
export const COMPLETE = '__complete'

/** Directives of cobra's completion scripts, which kubectl reads. */
const DIRECTIVE = { files: 0, noFiles: 4 } as const
/** Somebody has pressed a key and waits. */
const DEADLINE_MS = 2_000

/**
 * The answer to the completion script of kubectl: a candidate a line, then a directive. A cluster that
 * cannot be asked gives no candidates: a shell is no place for errors.
 */
export async function completionAnswer(
  args: readonly string[],
  commands: readonly Command[],
  connect: () => Cluster,
): Promise<string> {
  const candidates = candidatesFor(args, commands)
  const last = args.at(-1) ?? ''
  const words = (await wordsOf(candidates, connect))
    .filter(({ word }) => word.startsWith(last))
    .map(({ word, summary }) => (summary === '' ? word : `${word}\t${summary}`))
  const directive = candidates.kind === 'files' ? DIRECTIVE.files : DIRECTIVE.noFiles
  return [...words, `:${directive}`, ''].join('\n')
}

async function wordsOf(candidates: Candidates, connect: () => Cluster) {
  if (candidates.kind === 'words') return candidates.words
  if (candidates.kind === 'files') return []
  try {
    const cluster = connect()
    const call = { deadlineMs: DEADLINE_MS, limit: 500 }
    const { items } =
      candidates.kind === 'sidecarsets'
        ? await cluster.client.resource(SIDECAR_SETS).list(call)
        : await cluster.client.resource(PODS).list({ ...call, namespace: cluster.namespace })
    const words = items.map(({ metadata }) => ({ word: metadata.name, summary: '' }))
    return candidates.kind === 'sidecarsets' ? [...words, ...(await gateways(cluster))] : words
  } catch {
    return []
  }
}

/** As they are told apart whatever the namespace is; none where they may not be listed. */
async function gateways({ client }: Cluster) {
  try {
    const call = { deadlineMs: DEADLINE_MS, limit: 500 }
    const { items } = await client.resource(INGRESS_GATEWAYS).list(call)
    return items.map(({ metadata: { namespace, name } }) => ({
      word: `gateway/${namespace}/${name}`,
      summary: '',
    }))
  } catch {
    return []
  }
}
