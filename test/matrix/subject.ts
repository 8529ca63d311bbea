import type { Side } from '../proxies/proxy.ts'

/** A running proxy that can be changed from one side to the other. */
export interface Subject {
  /** Changes to a side and resolves when the other one's process is gone. */
  change(side: Side): Promise<void>
  /** Connections cut so far, where the method tells. */
  readonly connectionsCut?: () => number
  end(): Promise<void>
}
