/**
 * The ledger: an open-loop load generator without retries that accounts for every request.
 *
 * Requests start by a fixed schedule, whatever became of earlier ones, and each ends in exactly
 * one outcome. A hand-over is lossless when `total.lost` is 0, `total.skipped` is 0 and the same
 * load against a naive restart is not 0: a load that cannot see loss proves nothing.
 */
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
export { startOrigin, type Origin } from './origin.ts'
export { outcomes, type LossCause, type Outcome } from './outcome.ts'
export { lightProfile, standardProfile, type ProfileOptions } from './profile.ts'
export { formatReport } from './report.ts'
export type { KindSummary, Loss, Summary, Timeline } from './summary.ts'
export type { Target } from './target.ts'
