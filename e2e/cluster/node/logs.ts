import { readFile, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Layout } from '../layout.ts'

// An end told by init.sh, klog's errors, containerd's and etcd's; whatever init.sh itself says.
const errorLine = /^--- |^[EF]\d{4} |level=(?:error|fatal)|"level":"(?:error|fatal)"|^panic: /

/** The last error in each daemon's log, for people, one line each; empty when there is none. */
export async function lastErrors({ logs }: Layout): Promise<string> {
  const names = await readdir(logs).catch(() => [])
  const found = await Promise.all(
    names.map(async (file) => {
      const name = basename(file, '.log')
      const lines = (await readFile(join(logs, file), 'utf8')).split('\n').filter(Boolean)
      const last = lines.findLast((line) => name === 'init' || errorLine.test(line))
      return last === undefined ? [] : [`  ${name}: ${last.slice(0, 300)}`]
    }),
  )
  return found.flat().join('\n')
}
