import type { Trust } from '../../runtime/certificates/trust.ts'
import { watches } from '../../runtime/controller/source.ts'
import type { Source } from '../../runtime/controller/source.ts'
import type { Caches } from '../sidecarset/caches.ts'
import { WEBHOOK_CONFIGURATION_KEY as key } from './reconciler.ts'

/** What makes the operator write the webhook configurations anew. */
export function webhookSources(
  caches: Pick<Caches, 'sets' | 'injection'>,
  authority: Pick<Trust, 'onChange'>,
): readonly Source[] {
  return [
    watches(
      caches.sets,
      () => [key],
      (before, after) =>
        before.metadata.generation !== after.metadata.generation ||
        before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp,
    ),
    {
      start: (enqueue) => {
        enqueue(key, 'normal')
        return authority.onChange(() => {
          enqueue(key, 'normal')
        })
      },
    },
    {
      // Deleted by somebody. Other changes are put right by the next regular look.
      start: (enqueue) =>
        caches.injection.onChange((_name, _before, after) => {
          if (after === undefined) enqueue(key, 'normal')
        }),
    },
  ]
}
