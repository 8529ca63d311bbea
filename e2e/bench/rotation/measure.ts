import type { Client } from '../../../runtime/client/client.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import type { Admissions } from '../../observe/admissions.ts'
import { createPods } from '../../observe/admissions.ts'
import { countRotations, loseAuthority, replaceAuthority } from '../../observe/authority.ts'
import { targets } from '../admission/targets.ts'

export interface RotationRow extends Admissions {
  readonly name: string
  readonly kind: 'baton' | 'control'
  readonly rotations: number
}

const REPLACE_EVERY_MS = 2_500
/** One rotation could be the one that the lost CA causes at the start. */
const ROTATIONS = 2

/**
 * Creates pods while the CA changes: as the operator rotates it, or, for the control, replaced at
 * once every few seconds.
 */
export async function measureRotation(
  client: Client,
  { kind, pods, pod = hotPod() }: { kind: RotationRow['kind']; pods: number; pod?: Pod },
): Promise<RotationRow> {
  const stop = new AbortController()
  const replaced = kind === 'control' ? replaceUntil(client, stop.signal) : Promise.resolve()
  try {
    const { rotations, result } = await countRotations(client, async (rotations) => {
      if (kind === 'baton') await loseAuthority(client)
      // A fast machine may create all of them between two replacements, and lose none.
      const enough = (failed: number): boolean =>
        kind === 'baton' ? rotations() >= ROTATIONS : failed > 0
      return createPods(client, pod, { count: pods, enough, isGood: hasSidecar })
    })
    const name = kind === 'control' ? 'replaced at once' : 'rotated with overlap'
    return { name, kind, rotations, ...result }
  } finally {
    stop.abort()
    await replaced
  }
}

async function replaceUntil(client: Client, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await replaceAuthority(client)
    await new Promise((resolve) => setTimeout(resolve, REPLACE_EVERY_MS))
  }
}

function hasSidecar(pod: Pod): boolean {
  return pod.spec?.containers.some(({ name }) => name === 'proxy-1') === true
}

function hotPod(): Pod {
  const hot = targets.at(-1)
  if (hot === undefined) throw new Error('there is no target')
  return hot.pod
}
