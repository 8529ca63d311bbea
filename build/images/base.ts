import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { sharedLibraries } from './closure.ts'
import { buildLayer } from './oci.ts'
import type { FileSource } from './oci.ts'
import type { Blob } from './content.ts'

/** The user of all our images; numeric, because `runAsNonRoot` is checked against the number. */
export const BATON_UID = 1337

/** Where the node runtime is in our images. */
export const NODE_PATH = '/usr/local/bin/node'

const accounts: Record<string, FileSource> = {
  '/etc/passwd': { text: `baton:x:${BATON_UID}:${BATON_UID}:baton:/:/nonexistent\n` },
  '/etc/group': { text: `baton:x:${BATON_UID}:\n` },
  // Without this file glibc asks DNS for localhost before it looks into /etc/hosts.
  '/etc/nsswitch.conf': { text: 'hosts: files dns\n' },
}

/** The user baton alone, for programs that bring what they need by themselves. */
export function accountsLayer(): Blob {
  return buildLayer({ files: accounts, dirs: { '/tmp': 0o1777 } })
}

/** A program, its libraries and the user baton, and nothing else: no shell, no package manager. */
export function programLayer(path: string, binary: string): Blob {
  return buildLayer({
    files: { ...accounts, ...sharedLibraries(binary), [path]: { fromHost: binary, mode: 0o755 } },
    dirs: { '/tmp': 0o1777 },
  })
}

/** The layer below everything of ours that node runs, made of the node of this project. */
export function nodeLayer(): Blob {
  return programLayer(NODE_PATH, nodeBinary())
}

/** The node binary that npm installed for this project. */
export function nodeBinary(): string {
  const resolver = createRequire(import.meta.url)
  const binary = join(dirname(resolver.resolve('node/package.json')), 'bin/node')
  if (existsSync(binary)) return binary
  throw new Error(`there is no ${binary}; run npm ci, with scripts allowed`)
}
