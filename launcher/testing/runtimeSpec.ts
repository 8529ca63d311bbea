import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startProcess } from './process.ts'
import { until } from './until.ts'

const execute = promisify(execFile)

/** What of an OCI runtime specification is changed here; the rest goes through as it is. */
export interface RuntimeSpec {
  readonly [field: string]: unknown
  readonly linux: { readonly [field: string]: unknown; readonly seccomp: unknown }
}

/**
 * The specification that containerd makes for a container in the network of the machine, with its
 * default seccomp profile: "RuntimeDefault" in a pod. Needs root.
 *
 * @param directory for the files of a containerd of its own, which is gone afterwards
 */
export async function containerdSpec(directory: string): Promise<RuntimeSpec> {
  const address = join(directory, 'containerd.sock')
  const config = join(directory, 'config.toml')
  await writeFile(config, 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n')
  const containerd = startProcess([
    ...['containerd', '--config', config, '--address', address],
    ...['--root', join(directory, 'root'), '--state', join(directory, 'state')],
  ])
  const ctr = async (...words: readonly string[]): Promise<string> =>
    (await execute('ctr', ['--address', address, ...words], { timeout: 10_000 })).stdout
  try {
    await until('containerd answers', () => ctr('version'), 20_000)
    await ctr('containers', 'create', '--rootfs', '--seccomp', '--net-host', directory, 'baton')
    const info = JSON.parse(await ctr('containers', 'info', 'baton')) as { Spec: RuntimeSpec }
    return info.Spec
  } finally {
    containerd.kill('SIGTERM')
    await containerd.exited
  }
}
