import { API_VERSION, SYSTEM_NAMESPACE } from '../../api/group.ts'
import { revisionHash, revisionName, revisionTemplate } from '../../api/revision.ts'
import { validateSidecarSet } from '../../api/validation/validateSidecarSet.ts'
import { formatViolation } from '../../api/validation/violation.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import { VALUES } from '../../manifests/values.ts'
import { DEPLOYMENTS, NAMESPACES } from '../../runtime/client/kinds.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { InjectableSet } from '../../webhook/inject/injectableSet.ts'
import type { PodNamespace } from '../../webhook/inject/podTypes.ts'
import { usageError } from '../cliError.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { listSets } from '../cluster/sets.ts'
import type { Call, Option } from '../commandline/command.ts'
import { manifestsOf } from '../manifests/filesOf.ts'
import type { Manifest } from '../manifests/manifest.ts'

/** What decides about an injection besides the pod itself. */
export interface Setting {
  readonly sets: readonly SidecarSet[]
  readonly namespaceOf: (name: string) => PodNamespace
  readonly agentImage: string
  /** The cluster that it was read from; undefined when files alone decide. */
  readonly cluster: Cluster | undefined
  /** For objects that name no namespace. */
  readonly defaultNamespace: string
}

export const SETTING_OPTIONS = {
  sets: {
    type: 'string',
    value: 'FILE',
    multiple: true,
    summary: 'SidecarSets, and Namespaces with their labels. With it no cluster is asked.',
  },
  'agent-image': {
    type: 'string',
    value: 'IMAGE',
    summary: "Image of the agent. Defaults to the cluster's, else to that of this release.",
  },
} as const satisfies Readonly<Record<string, Option>>

/**
 * Reads the setting from files if there are SidecarSets in any, else from the cluster.
 * @param manifests those of -f
 */
export async function readSetting(call: Call, manifests: readonly Manifest[]): Promise<Setting> {
  const files = [...manifests, ...(await manifestsOf(call, 'sets'))]
  const inFiles = sidecarSetsOf(files)
  const given = call.flags.text('agent-image')
  const own = namespacesOf(files)
  if (inFiles.length > 0 || call.flags.has('sets')) {
    return {
      sets: inFiles,
      namespaceOf: (name) => own.get(name) ?? bareNamespace(name),
      agentImage: given ?? RELEASED_AGENT,
      cluster: undefined,
      defaultNamespace: call.flags.text('namespace') ?? 'default',
    }
  }
  const cluster = call.cluster()
  const sets = (await listSets(cluster)).filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  )
  const known = new Map([...(await readNamespaces(cluster)), ...own])
  return {
    sets,
    namespaceOf: (name) => known.get(name) ?? bareNamespace(name),
    agentImage: given ?? (await agentImageOf(cluster)) ?? RELEASED_AGENT,
    cluster,
    defaultNamespace: cluster.namespace,
  }
}

const RELEASED_AGENT = VALUES.images.agent.byDefault

/** A set with the revision that its spec has. */
export function injectable(set: SidecarSet): InjectableSet {
  const hash = revisionHash(revisionTemplate(set.spec))
  return { set, hash, revisionName: revisionName(set.metadata.name ?? '', hash) }
}

/** Errors: CliError `usage` with everything that is wrong with a set; injection cannot use it. */
export function sidecarSetsOf(manifests: readonly Manifest[]): readonly SidecarSet[] {
  return manifests.filter(isSidecarSet).map((manifest) => {
    const set = manifest as unknown as SidecarSet
    const name = manifest.metadata.name ?? ''
    if (typeof manifest['spec'] !== 'object' || manifest['spec'] === null) {
      throw usageError(`SidecarSet ${name} has no spec`)
    }
    const violations = checked(name, () => validateSidecarSet(set))
    if (violations.length === 0) return set
    throw usageError(
      `SidecarSet ${name} would be refused: ${violations.map(formatViolation).join(' ')}`,
      'kubectl baton lint tells more',
    )
  })
}

/** Validation expects the types of the schema, which nobody has checked yet. */
function checked<T>(name: string, validate: () => T): T {
  try {
    return validate()
  } catch {
    throw usageError(
      `a field of SidecarSet ${name} has a wrong type`,
      'kubectl baton lint tells which',
    )
  }
}

export function isSidecarSet({ apiVersion, kind }: Manifest): boolean {
  return apiVersion === API_VERSION && kind === 'SidecarSet'
}

function namespacesOf(manifests: readonly Manifest[]): ReadonlyMap<string, PodNamespace> {
  const found = manifests.filter(
    ({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Namespace',
  )
  return new Map(
    found.map(({ metadata }) => {
      const { name = '', ...meta } = metadata
      const { labels = {}, annotations = {} } = meta as Partial<PodNamespace>
      return [name, named({ name, labels, annotations })]
    }),
  )
}

/** Kubernetes labels every namespace with its name. */
function named(namespace: PodNamespace): PodNamespace {
  const labels = { 'kubernetes.io/metadata.name': namespace.name, ...namespace.labels }
  return { ...namespace, labels }
}

function bareNamespace(name: string): PodNamespace {
  return named({ name })
}

/** Without the right to read them, selectors of namespaces are judged by names alone. */
async function readNamespaces(cluster: Cluster): Promise<ReadonlyMap<string, PodNamespace>> {
  try {
    const { items } = await cluster.client.resource(NAMESPACES).list()
    return new Map(
      items.map(({ metadata: { name, labels = {}, annotations = {} } }) => [
        name,
        { name, labels, annotations },
      ]),
    )
  } catch (error) {
    if (isApiError(error, 'Forbidden')) return new Map()
    throw error
  }
}

async function agentImageOf({ client }: Cluster): Promise<string | undefined> {
  try {
    const { items } = await client.resource(DEPLOYMENTS).list({ namespace: SYSTEM_NAMESPACE })
    return items
      .flatMap(({ spec }) => spec?.template.spec?.containers ?? [])
      .flatMap(({ env = [] }) => env)
      .find(({ name }) => name === 'AGENT_IMAGE')?.value
  } catch (error) {
    if (isApiError(error, 'Forbidden')) return undefined
    throw error
  }
}
