import { MAX_DRAIN_SECONDS } from '../proxies/proxy.ts'
import { CLIENTS } from './clients.ts'
import type { Counts, Row } from './row.ts'

interface Reason {
  readonly fits: (row: Row, counts: Counts) => boolean
  readonly sentence: string
}

const clientOf = ({ client }: Row) => CLIENTS.find(({ name }) => name === client)
const only = (counts: Counts, ...causes: readonly string[]): boolean =>
  Object.keys(counts.lostByCause).every((cause) => causes.includes(cause))
const isNginx = ({ proxy }: Row): boolean => proxy.startsWith('nginx')

/** The first that fits is told. */
const REASONS: readonly Reason[] = [
  {
    fits: (row) => clientOf(row)?.endless === true,
    sentence:
      `Connections that never end, and whose protocol the proxy does not know, are cut after ` +
      `\`maxSeconds\` (${MAX_DRAIN_SECONDS} s here); the agent counts them.`,
  },
  {
    fits: (row, counts) =>
      isNginx(row) && ['http2', 'grpc'].includes(row.client) && only(counts, 'goawayAbove'),
    sentence:
      'nginx says one GOAWAY with the last stream that it saw; a request that was on its way is ' +
      'above it. HTTP/2 calls it unprocessed, so clients may send it again; the ledger never does.',
  },
  {
    fits: (row) =>
      row.proxy === 'nginx' && ['http1', 'http2', 'grpc'].includes(clientOf(row)?.protocol ?? ''),
    sentence:
      'nginx before 1.27.4 closes idle connections as soon as it is told to leave, under the ' +
      "client's next request; `keepalive_min_timeout` of later ones ends that.",
  },
  {
    fits: (row, counts) =>
      row.proxy === 'node' && ['http2', 'grpc'].includes(row.client) && only(counts, 'timeout'),
    sentence:
      'Node answers no stream that crosses with its GOAWAY on the way, whatever last stream that ' +
      'names: the client waits in vain. It has no shutdown notice, the GOAWAY that refuses nothing.',
  },
  {
    fits: (row, counts) => clientOf(row)?.protocol === 'grpc' && only(counts, 'connectionCut'),
    sentence:
      `A stream that was begun late on an old connection was still open after \`maxSeconds\` ` +
      `(${MAX_DRAIN_SECONDS} s).`,
  },
]

/** Why requests of a cell of Baton were lost, in a sentence. */
export function reasonFor(row: Row, counts: Counts): string {
  const known = REASONS.find(({ fits }) => fits(row, counts))
  return known?.sentence ?? 'Not explained: look at this cell.'
}
