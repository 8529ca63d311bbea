import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { PORTS, WEBHOOK, webhookHost } from '../../api/installation.ts'
import { isReady } from '../../operator/sidecarset/rollout/podStatus.ts'
import { labelsOf } from '../../manifests/names.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { MutatingWebhookConfiguration, Pod } from '../../runtime/client/kinds.ts'
import { CliError } from '../cliError.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { daysText } from './daysText.ts'
import { pemsOf } from './pems.ts'
import { failed, ok, skipped, warning } from './result.ts'
import type { Seen } from './result.ts'

/** The certificate that a replica of the webhook presents, with those it sends along. */
export interface ServedCertificate {
  readonly pod: string
  readonly leaf: X509Certificate
}

/** Replicas that are asked: one that is behind shows. */
const MOST = 5
const DEADLINE_MS = 5_000

/**
 * Makes the handshake that the API server makes, with each replica of the webhook. The certificate
 * may be in memory alone, so no Secret could tell.
 */
export async function checkServedCertificates(
  cluster: Cluster,
  configuration: MutatingWebhookConfiguration | undefined,
  namespace: string,
  now: number,
): Promise<Seen> {
  const authorities = authoritiesOf(configuration)
  if (authorities.length === 0)
    return skipped('there is no CA to hold the certificates of the webhook against')
  const labelSelector = Object.entries(labelsOf(WEBHOOK))
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const { items } = await cluster.client.resource(PODS).list({ namespace, labelSelector })
  const ready = items.filter(isReady).slice(0, MOST)
  if (ready.length === 0) return skipped('no replica of the webhook is ready')
  const host = webhookHost(namespace)
  const served: ServedCertificate[] = []
  for (const pod of ready) {
    try {
      served.push(await handshake(cluster, pod, host))
    } catch (error) {
      if (error instanceof CliError) return skipped(`unknown: ${error.message}`)
      const why = error instanceof Error ? error.message : String(error)
      return failed(`${pod.metadata.name} serves no TLS on port ${PORTS.webhook}: ${why}`)
    }
  }
  return judgeServed(served, { authorities, host, now })
}

export interface Expected {
  /** The certificates of caBundle. */
  readonly authorities: readonly X509Certificate[]
  /** By which name the API server calls the webhook. */
  readonly host: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Pure: what the certificates of all replicas amount to. */
export function judgeServed(served: readonly ServedCertificate[], expected: Expected): Seen {
  const { now } = expected
  for (const one of served) {
    const fault = faultOf(one, expected)
    if (fault !== undefined) return failed(fault)
  }
  const [first] = served.toSorted((left, right) => endOf(left) - endOf(right))
  if (first === undefined) return skipped('no replica of the webhook is ready')
  const { pod, leaf } = first
  const [begin, end] = [Date.parse(leaf.validFrom), endOf(first)]
  const left = `${daysText(end - now)}, until ${new Date(end).toISOString()}`
  // Renewed at two thirds of its life.
  if (end - now < (end - begin) / 6) {
    return warning(`the certificate of ${pod} is not renewed: it is valid for ${left}`)
  }
  return ok(`${served.length} of the webhook's replicas serve ${namesOf(leaf)}, valid for ${left}`)
}

/** Why the API server would not take it. */
function faultOf({ pod, leaf }: ServedCertificate, { authorities, host, now }: Expected) {
  const [begin, end] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)]
  const certificate = `the certificate of ${pod}`
  if (leaf.checkHost(host, { subject: 'never' }) === undefined) {
    return `${certificate} is for ${namesOf(leaf)} and not for ${host}`
  }
  if (!isTrusted(leaf, authorities)) {
    return `the API server does not trust ${certificate}: it is of another CA than those of caBundle`
  }
  if (end <= now) return `${certificate} was valid until ${new Date(end).toISOString()}`
  if (begin > now) return `${certificate} is valid from ${new Date(begin).toISOString()} on`
  return undefined
}

/** Is it, or one of those that it came with, of an authority? Their times are another check. */
function isTrusted(leaf: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  let one: X509Certificate | undefined = leaf
  for (let step = 0; one !== undefined && step < LONGEST_CHAIN; step++) {
    const certificate: X509Certificate = one
    const isSigned = authorities.some(
      (authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
    )
    if (isSigned) return true
    const issuer: X509Certificate | undefined = certificate.issuerCertificate
    one = issuer !== undefined && certificate.verify(issuer.publicKey) ? issuer : undefined
  }
  return false
}

const LONGEST_CHAIN = 5

function endOf({ leaf }: ServedCertificate): number {
  return Date.parse(leaf.validTo)
}

function namesOf({ subjectAltName }: X509Certificate): string {
  return subjectAltName ?? 'no name'
}

function authoritiesOf(
  configuration: MutatingWebhookConfiguration | undefined,
): readonly X509Certificate[] {
  return pemsOf(configuration?.webhooks?.[0]?.clientConfig.caBundle ?? '').flatMap((pem) => {
    try {
      return [new X509Certificate(pem)]
    } catch {
      // What is no certificate is told by the check of the CA.
      return []
    }
  })
}

async function handshake(
  cluster: Cluster,
  { metadata }: Pod,
  host: string,
): Promise<ServedCertificate> {
  const forwarded = await cluster.forward(metadata, PORTS.webhook)
  try {
    return await new Promise((resolve, reject) => {
      // What it presents is looked at, not obeyed: no request is sent.
      const socket = connect({
        socket: forwarded.stream,
        servername: host,
        rejectUnauthorized: false,
      })
      const deadline = setTimeout(() => {
        reject(new Error(`no handshake within ${DEADLINE_MS / 1000} s`))
      }, DEADLINE_MS)
      socket.on('error', reject)
      socket.once('close', () => {
        clearTimeout(deadline)
        reject(new Error('the connection was closed'))
      })
      socket.once('secureConnect', () => {
        const leaf = socket.getPeerX509Certificate()
        if (leaf === undefined) reject(new Error('it has no certificate'))
        else resolve({ pod: metadata.name, leaf })
        socket.destroy()
      })
    })
  } finally {
    forwarded.close()
  }
}
