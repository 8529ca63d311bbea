import { X509Certificate } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { OPERATOR, WEBHOOK } from '../../api/installation.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { definitions } from '../../crds/definitions.ts'
import { RELEASE_VERSION } from '../../manifests/version.ts'
import { injectionObstacle } from '../../operator/sidecarset/status/injectionObstacle.ts'
import type {
  CustomResourceDefinition,
  Deployment,
  Lease,
  MutatingWebhookConfiguration,
} from '../../runtime/client/kinds.ts'
import { pemsOf } from './pems.ts'
import { failed, ok, warning } from './result.ts'
import type { Seen } from './result.ts'
import { schemaFields } from './schemaFields.ts'

/** Are our kinds served, with the schemas of this release? */
export function checkDefinitions(present: readonly CustomResourceDefinition[]): Seen {
  const missing: string[] = []
  const other: string[] = []
  for (const { spec } of definitions) {
    const name = `${spec.names.plural}.${spec.group}`
    const found = present.find(({ metadata }) => metadata.name === name)
    const isServed = found?.status?.conditions?.some(
      ({ type, status }) => type === 'Established' && status === 'True',
    )
    if (found === undefined || isServed !== true) missing.push(name)
    else if (!hasSchema(found, spec.versions[0])) other.push(name)
  }
  if (missing.length > 0) return failed(`${missing.join(', ')} is not served`)
  if (other.length > 0) {
    return warning(
      `${other.join(', ')} has another schema than ${RELEASE_VERSION}: fields may be dropped without a word`,
    )
  }
  return ok(`${definitions.length} kinds are served with the schemas of ${RELEASE_VERSION}`)
}

function hasSchema(
  { spec }: CustomResourceDefinition,
  wanted: (typeof definitions)[number]['spec']['versions'][0],
): boolean {
  const found = spec.versions.find(({ name }) => name === wanted.name)
  return isDeepStrictEqual(
    schemaFields(found?.schema?.openAPIV3Schema),
    schemaFields(wanted.schema.openAPIV3Schema),
  )
}

/** Do the replicas of a program run? */
export function checkDeployment(name: string, deployments: readonly Deployment[]): Seen {
  const found = deployments.find(({ metadata }) => metadata.name === name)
  if (found === undefined) return failed(`there is no Deployment ${name}`)
  const wanted = found.spec?.replicas ?? 1
  const ready = found.status?.readyReplicas ?? 0
  if (ready === 0) return failed(`none of ${wanted} replicas of ${name} is ready`)
  return ready < wanted
    ? warning(`${ready} of ${wanted} replicas of ${name} are ready`)
    : ok(`${ready} of ${wanted} replicas of ${name} are ready`)
}

/** Does an operator hold the lease? */
export function checkLeader(lease: Lease | undefined, now: number): Seen {
  const { holderIdentity = '', renewTime, leaseDurationSeconds = 15 } = lease?.spec ?? {}
  if (holderIdentity === '' || renewTime === undefined) {
    return failed('no operator has the lease: nothing is rolled out')
  }
  const ageSeconds = Math.round((now - Date.parse(renewTime)) / 1000)
  // Our clock and that of the operator differ.
  if (ageSeconds > 3 * leaseDurationSeconds) {
    return failed(`${holderIdentity} renewed the lease ${ageSeconds} s ago: no operator leads`)
  }
  return ok(`${holderIdentity} leads`)
}

/** Is every set's entry in the webhook configuration as its spec wants it? */
export function checkInjection(
  sets: readonly StoredSidecarSet[],
  configuration: MutatingWebhookConfiguration | undefined,
  namespace: string,
): Seen {
  const obstacles = sets.flatMap((set) => injectionObstacle(set, configuration, namespace) ?? [])
  const [first] = obstacles
  if (first === undefined) return ok(`pods of ${sets.length} SidecarSets are sent to the webhook`)
  return failed(`${first}: pods of ${obstacles.length} SidecarSets get no sidecars`)
}

const WARN_DAYS = 7
const DAY_MS = 86_400_000

/** How long the authority is valid by which the API server knows the webhook. */
export function checkCertificates(
  configuration: MutatingWebhookConfiguration | undefined,
  now: number,
): Seen {
  const bundle = configuration?.webhooks?.[0]?.clientConfig.caBundle
  if (bundle === undefined || bundle === '') {
    return failed('the webhook configuration has no CA: the API server cannot trust the webhook')
  }
  const ends = pemsOf(bundle).flatMap((pem) => validTo(pem) ?? [])
  if (ends.length === 0) return failed('the CA of the webhook configuration is no certificate')
  const last = Math.max(...ends)
  const days = Math.floor((last - now) / DAY_MS)
  const until = new Date(last).toISOString().slice(0, 10)
  if (last <= now) return failed(`the CA of the webhook was valid until ${until}`)
  return days < WARN_DAYS
    ? warning(`the CA of the webhook is valid for ${days} more days, until ${until}`)
    : ok(`the CA of the webhook is valid until ${until}`)
}

function validTo(pem: string): number | undefined {
  try {
    return Date.parse(new X509Certificate(pem).validTo)
  } catch {
    return undefined
  }
}

/** Do command, operator and webhook belong together? One minor version apart is fine. */
export function checkSkew(deployments: readonly Deployment[]): Seen {
  const own = minorOf(RELEASE_VERSION)
  const others = deployments
    .filter(({ metadata }) => [OPERATOR, WEBHOOK].includes(metadata.name))
    .map(({ metadata, spec }) => ({
      name: metadata.name,
      image: spec?.template.spec?.containers[0]?.image ?? '',
    }))
  const apart = others.filter(({ image }) => {
    const theirs = minorOf(image.slice(image.lastIndexOf('/') + 1))
    return own !== undefined && theirs !== undefined && Math.abs(own - theirs) > 1
  })
  const list = others.map(({ name, image }) => `${name} ${image}`).join(', ')
  if (apart.length > 0) return warning(`this command is ${RELEASE_VERSION}, but ${list}`)
  return ok(`this command is ${RELEASE_VERSION}; ${list}`)
}

function minorOf(text: string): number | undefined {
  const minor = /v?\d+\.(\d+)\.\d+/.exec(text)?.[1]
  return minor === undefined ? undefined : Number(minor)
}
