import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { AUTHORITY_SECRET } from '../../api/installation.ts'
import { encodeCaState } from '../../runtime/certificates/caSecret.ts'
import { createCa } from '../../runtime/certificates/x509.ts'
import type { Client } from '../../runtime/client/client.ts'
import { SECRETS } from '../../runtime/client/kinds.ts'

const ref = { namespace: SYSTEM_NAMESPACE, name: AUTHORITY_SECRET }
const LOOK_MS = 200

/** How often another CA began to sign while something was done, which can ask for it. */
export async function countRotations<T>(
  client: Client,
  during: (rotations: () => number) => Promise<T>,
): Promise<{ readonly rotations: number; readonly result: T }> {
  const signers = new Set<string>()
  const look = async (): Promise<void> => {
    const secret = await client.resource(SECRETS).find(ref)
    const signer = secret?.data?.['tls.crt']
    if (signer !== undefined) signers.add(signer)
  }
  await look()
  const rotations = (): number => Math.max(0, signers.size - 1)
  const work = during(rotations)
  let done = false
  const ended = work.finally(() => {
    done = true
  })
  // The failure is the caller's, below.
  ended.catch(() => undefined)
  while (!(done as boolean)) {
    await look()
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  const result = await ended
  return { rotations: rotations(), result }
}

/**
 * Makes the operator rotate: a CA that was lost gets a successor, with the lifetime that the operator
 * has now.
 */
export async function loseAuthority(client: Client): Promise<void> {
  await client.resource(SECRETS).delete(ref)
}

/** What a rotation without overlap is: another CA signs, and nobody was told of it before. */
export async function replaceAuthority(client: Client): Promise<void> {
  const current = await createCa('a CA of the control', Date.now(), 3_600_000)
  await client.resource(SECRETS).mergePatch(ref, { data: encodeCaState({ current }) })
}
