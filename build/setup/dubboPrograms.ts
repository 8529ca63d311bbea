import { join } from 'node:path'

export const DUBBO_VERSION = '3.3.6'

/** Where the set-up puts the jar of test/dubbo/java, and what it needs in `lib`. */
export function dubboDirectory(cacheDir: string): string {
  return join(cacheDir, `dubbo-${DUBBO_VERSION}-1`)
}
