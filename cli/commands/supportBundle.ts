import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { RELEASE_VERSION } from '../../manifests/version.ts'
import { assemble } from '../bundle/assemble.ts'
import { partsOf } from '../bundle/collect.ts'
import { remembering } from '../cluster/remembering.ts'
import { usageError } from '../cliError.ts'
import type { Call, Command } from '../commandline/command.ts'
import { DOCUMENT_VERSION, documentOf, integer, list, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'

const document = documentOf('SupportBundle', 'What was written to a file.', {
  file: text('Its name.'),
  bytes: integer('Its size.'),
  parts: list('What is in it.', text('Name of a part.')),
  notes: list('What is not, and why.', text('A sentence.')),
})

const DEFAULT_TIMEOUT_MS = 60_000
const MOST_BYTES = 20 * 1024 * 1024
const LOG_LINES = 500

export const supportBundle: Command = {
  name: 'support-bundle',
  summary: 'Write what helps others to understand a problem into one file.',
  about: [
    'The results of check and why, SidecarSets, their pods, revisions and events, the webhook configurations, and the last lines of the logs of operator and webhook, as JSON.',
    'Redacted: values of environment variables, credentials in arguments, URLs and logs. Secrets and ConfigMaps are not read. It never takes longer than --timeout, is never larger than 20 MiB, and holds what the user may read: the rest is named in it.',
    'Look at the file before you give it away.',
  ],
  operands: [
    {
      name: 'SET',
      summary: 'a SidecarSet; all without it',
      optional: true,
      completes: 'sidecarsets',
    },
  ],
  options: {
    file: {
      type: 'string',
      value: 'FILE',
      summary: 'Where it is written. Defaults to baton-support-TIME.json; must not exist.',
    },
    timeout: { type: 'string', value: 'TIME', summary: 'The most it takes. Defaults to 1m.' },
  },
  examples: [
    { means: 'Everything', line: 'support-bundle' },
    { means: 'About one set', line: 'support-bundle mesh --file mesh.json' },
  ],
  access: [
    'whatever is allowed of what check, status and why need',
    `list events, get pods/log in ${SYSTEM_NAMESPACE}`,
  ],
  document,
  run: async (call) => {
    const { flags, io, operands } = call
    const start = io.now()
    const parts = partsOf({
      cluster: remembering(call.cluster()),
      now: start,
      logLines: LOG_LINES,
      set: operands[0],
    })
    const bundle = await assemble(parts, {
      mostBytes: MOST_BYTES,
      deadline: start + (flags.duration('timeout') ?? DEFAULT_TIMEOUT_MS),
      now: io.now,
    })
    const { server, context } = call.cluster()
    const created = new Date(start).toISOString()
    const whole = {
      apiVersion: DOCUMENT_VERSION,
      kind: 'SupportBundleContent',
      created,
      client: RELEASE_VERSION,
      server,
      context,
      notes: bundle.notes,
      ...bundle.parts,
    }
    const file = flags.text('file') ?? `baton-support-${created.replaceAll(/[:.]/g, '-')}.json`
    const content = `${JSON.stringify(whole, null, 1)}\n`
    await write(call, file, content)
    const told: ShapeOf<typeof document> = {
      apiVersion: DOCUMENT_VERSION,
      kind: 'SupportBundle',
      file,
      bytes: Buffer.byteLength(content),
      parts: Object.keys(bundle.parts),
      notes: bundle.notes,
    }
    return {
      exit: 'complete',
      document: told,
      text: [
        `${file}: ${told.bytes} bytes: ${told.parts.join(', ')}`,
        ...told.notes.map((note) => `note: ${note}`),
      ].join('\n'),
    }
  },
}

async function write({ io }: Call, file: string, content: string): Promise<void> {
  try {
    await io.write(file, content)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw usageError(`${file} cannot be written: ${why}`, 'name another by --file')
  }
}
