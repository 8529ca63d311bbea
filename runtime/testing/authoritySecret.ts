import { encodeCaState } from '../certificates/caSecret.ts'
import { createCa } from '../certificates/x509.ts'
import { SECRETS } from '../client/kinds.ts'
import type { ObjectRef } from '../client/objects.ts'
import type { FakeApiServer } from './apiserver.ts'

/** Puts a CA where its keeper would; gives its certificate (PEM). */
export async function putAuthority(server: FakeApiServer, ref: ObjectRef): Promise<string> {
  const current = await createCa('a CA', Date.now(), 3_600_000)
  const entries = Object.entries(encodeCaState({ current }))
  const given = entries.filter((entry): entry is [string, string] => entry[1] !== null)
  server.put(SECRETS, { metadata: ref, data: Object.fromEntries(given) })
  return current.certificate
}
