import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/**
 * A command, and all that it starts, with addresses that are not randomized, where that is allowed.
 * gcc 12's address sanitizer finds what it maps in its way on kernels that randomize 32 bits of an
 * address (`vm.mmap_rnd_bits`): a quarter of all programs then end as they start.
 */
export async function fixedAddresses(words: readonly string[]): Promise<readonly string[]> {
  const prefix = ['setarch', '--addr-no-randomize']
  const isAllowed = await execute('setarch', ['--addr-no-randomize', 'true']).then(
    () => true,
    () => false,
  )
  return isAllowed ? [...prefix, ...words] : words
}
