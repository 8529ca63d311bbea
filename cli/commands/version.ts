import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { RELEASE_VERSION } from '../../manifests/version.ts'
import { DEPLOYMENTS } from '../../runtime/client/kinds.ts'
import type { Deployment } from '../../runtime/client/kinds.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { CliError } from '../cliError.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Command } from '../commandline/command.ts'
import { DOCUMENT_VERSION, documentOf, list, object, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'
import { formatTable } from '../table.ts'

const document = documentOf('Version', 'Which version runs where.', {
  client: text('Version of this command.'),
  kubernetes: optional(text('Version of the API server.')),
  programs: optional(
    list(
      'Programs of Baton in the cluster.',
      object('One of them.', { name: text('Its Deployment.'), image: text('What it runs.') }),
    ),
  ),
  problem: optional(text('Why the cluster tells nothing.')),
})
type VersionDocument = ShapeOf<typeof document>

export const version: Command = {
  name: 'version',
  summary: 'Show the version of this command and of what runs in the cluster.',
  about: [
    'Without access to a cluster it shows its own version alone and says why.',
    'The command and the operator may be one minor version apart.',
  ],
  operands: [],
  options: { client: { type: 'boolean', summary: 'Ask no cluster.' } },
  examples: [
    { means: 'What runs here and there', line: 'version' },
    { means: 'For a script', line: "version --client -o jsonpath='{.client}'" },
  ],
  access: [`get deployments in ${SYSTEM_NAMESPACE} (optional)`],
  document,
  run: async ({ flags, cluster }) => {
    const own = { apiVersion: DOCUMENT_VERSION, kind: 'Version', client: RELEASE_VERSION } as const
    const found: VersionDocument = flags.has('client')
      ? own
      : { ...own, ...(await inCluster(cluster)) }
    return { exit: 'complete', document: found, text: versionText(found) }
  },
}

async function inCluster(
  connect: () => Cluster,
): Promise<Pick<VersionDocument, 'kubernetes' | 'programs' | 'problem'>> {
  try {
    const { client } = connect()
    const answer = await client.transport.request({ method: 'GET', path: '/version' })
    const kubernetes = (answer as { readonly gitVersion?: string }).gitVersion ?? 'unknown'
    const { items } = await client.resource(DEPLOYMENTS).list({ namespace: SYSTEM_NAMESPACE })
    return { kubernetes, programs: items.map(programOf) }
  } catch (error) {
    if (isApiError(error, 'Unauthorized')) throw error
    if (error instanceof CliError && error.exit === 'usage') throw error
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

function programOf({ metadata, spec }: Deployment) {
  return { name: metadata.name, image: spec?.template.spec?.containers[0]?.image ?? '' }
}

function versionText({ client, kubernetes, programs = [], problem }: VersionDocument): string {
  const rows = [
    ['kubectl-baton', client],
    ...(kubernetes === undefined ? [] : [['kubernetes', kubernetes]]),
    ...programs.map(({ name, image }) => [name, image]),
  ]
  const table = formatTable(['PROGRAM', 'VERSION'], rows)
  return problem === undefined ? table : `${table}\n\nThe cluster was not asked: ${problem}`
}
