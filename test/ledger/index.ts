/**
 * The ledger: an open-loop load generator without retries that accounts for every request.
 *
 * Requests start by a fixed schedule, whatever became of earlier ones, and each ends in exactly
 * one outcome. A hand-over is lossless when `total.lost` is 0, `total.skipped` is 0 and the same
 * load against a naive restart is not 0: a load that cannot see loss proves nothing.
 *
 * What counts as a loss is written at each kind's client: `keepalive.ts`, `http2.ts`, `grpc.ts`,
 * `grpcStream.ts`, `websocket.ts`, `tcp.ts`, `dubbo.ts`, `upload.ts`, `stream.ts`. In short: a
 * request that was sent and not answered in full is lost, whatever ended it. A connection that is
 * ended while idle is no loss where clients dial anew by themselves (HTTP, Dubbo) or were told so
 * (a close frame, GOAWAY, READONLY), and is one where it has state (raw TCP, WebSocket, streams).
 */
export { lossUpperBound } from './bound.ts'
export { LedgerError, type LedgerErrorCode } from './error.ts'
export {
  diff,
  kernelCounterNames,
  readKernelCounters,
  type KernelCounterName,
  type KernelCounters,
} from './kernel.ts'
export { kinds, type Kind, type Lane } from './lane.ts'
export { startLoad, type Load, type LoadOptions, type StopOptions } from './load.ts'
export type { Targets } from './options.ts'
export { startOrigin, type Origin, type OriginPorts } from './origin.ts'
export { startOriginProcess, type OriginProcess } from './originProcess.ts'
export { outcomes, type LossCause, type Outcome } from './outcome.ts'
export { lightProfile, standardProfile, type ProfileOptions } from './profile.ts'
export { formatReport } from './report.ts'
export type {
  KindSummary,
  Latency,
  Loss,
  RowSummary,
  Summary,
  Timeline,
  WindowSummary,
} from './summary.ts'
export type { Target } from './target.ts'
