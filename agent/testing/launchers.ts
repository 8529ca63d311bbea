import { join } from 'node:path'
import { INTERCEPTING_GROUP } from '../../api/interception/desired.ts'
import { launcherBinary } from '../../launcher/testing/binary.ts'
import type { StartedProcess } from '../../launcher/testing/process.ts'
import { podUid, restricted, startProcess } from '../../launcher/testing/process.ts'
import { until } from '../../launcher/testing/until.ts'
import { LauncherClient } from '../launcher/client.ts'

export interface SlotOptions {
  readonly directory: string
  readonly keeper: string
  readonly slot: string
  readonly command: readonly string[]
  /** To which port a private one leads, for each side of the slot. */
  readonly privatePorts: Readonly<Record<string, number | readonly [number, number]>>
  readonly graceSeconds: number
}

/** A launcher given by the environment, or one that is built from the sources. */
function binary(): Promise<string> {
  const given = process.env['BATON_LAUNCHER']
  return given === undefined ? launcherBinary() : Promise.resolve(given)
}

/** Starts `launcher run` and waits until it answers. */
export async function startSlot(options: SlotOptions): Promise<StartedProcess> {
  const { directory, keeper, slot, command, privatePorts, graceSeconds } = options
  const started = startProcess([
    ...restricted(podUid),
    await binary(),
    ...['run', '--slot', slot, '--dir', directory, '--keeper', keeper],
    ...Object.entries(privatePorts).flatMap((pair) => ['--private', pair.join('=')]),
    ...['--grace', String(graceSeconds), '--', ...command],
  ])
  const client = new LauncherClient(join(directory, `${slot}.sock`))
  await until(`${slot} answers`, async () => (await client.status()).slot === slot)
  return started
}

/** Starts `launcher keep`, which supervises `command`. */
export async function startKeeper(
  keeper: string,
  command: readonly string[],
  intercepts = false,
): Promise<StartedProcess> {
  return startProcess([
    ...(intercepts ? CHANGES_RULES.split(' ') : restricted(podUid)),
    await binary(),
    ...['keep', '--keeper', keeper, '--allow-uid', String(podUid), '--', ...command],
  ])
}

/** As the agent of a pod that intercepts: root with two capabilities, in a group of its own. */
const CHANGES_RULES = `setpriv --reuid 0 --regid ${INTERCEPTING_GROUP} --clear-groups --bounding-set -all,+net_admin,+net_raw --no-new-privs`
