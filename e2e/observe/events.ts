import type { Client } from '../../runtime/client/client.ts'
import type { Event } from '../../runtime/client/kinds.ts'
import { EVENTS } from '../../runtime/client/kinds.ts'
import { waitFor } from '../environment/wait.ts'

export interface SeenEvent {
  readonly reason: string
  readonly about: string
  readonly message: string
}

/** Events about an object, in any namespace: cluster-scoped kinds keep theirs in `default`. */
export async function eventsAbout(client: Client, name: string): Promise<readonly SeenEvent[]> {
  const { items } = await client.resource(EVENTS).list({
    fieldSelector: `involvedObject.name=${name}`,
  })
  return items.map(seen)
}

/** Events of a namespace with this reason, whatever they are about. */
export async function eventsIn(
  client: Client,
  namespace: string,
  reason: string,
): Promise<readonly SeenEvent[]> {
  const { items } = await client
    .resource(EVENTS)
    .list({ namespace, fieldSelector: `reason=${reason}` })
  return items.map(seen)
}

function seen({ reason, message, involvedObject }: Event): SeenEvent {
  return {
    reason: reason ?? '',
    about: `${involvedObject.kind ?? ''}/${involvedObject.name ?? ''}`,
    message: message ?? '',
  }
}

/** Waits for an event with this reason about the object. */
export async function event(client: Client, name: string, reason: string): Promise<SeenEvent> {
  let seen: readonly SeenEvent[] = []
  return waitFor(
    `event ${reason} about ${name}`,
    20_000,
    async () => {
      seen = await eventsAbout(client, name)
      return seen.find((one) => one.reason === reason)
    },
    () => JSON.stringify(seen),
  )
}
