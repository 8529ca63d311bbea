import type { Handover, UpgradeStrategy } from '../api/v1beta1/sidecarset.ts'
import { coreContainer, probe } from './coreContainer.ts'
import { fromApp } from './fromApp.ts'
import { drain } from './drain.ts'
import type { Schema } from './schema.ts'
import { integer, list, object, openObject, string } from './schema.ts'

// Values that a person may misspell are plain strings here: the validating webhook refuses them
// with a sentence that says what to write instead, which the API server's own message lacks.

const handover = object<Handover>(
  'How Baton hands the listeners from the old process to the new one. A HotUpgrade without it is for sidecars that move their own state, told by the variables SIDECARSET_VERSION and SIDECARSET_VERSION_ALT.',
  {
    drain,
    startDeadlineSeconds: integer(
      'Seconds within which the new process must serve; else it is stopped, and the old one goes on. Defaults to 60.',
    ),
    healthCheck: probe(
      'Carried out against the new process alone before the old one is told to drain. Defaults to listening on all addresses that are handed over.',
    ),
    confirmSeconds: integer(
      'Seconds for which the old process stays able to take back after the new one serves. Defaults to 0.',
    ),
    privatePorts: list('Ports of one process alone, such as its admin interface.', {
      type: 'integer',
      format: 'int32',
    }),
  },
)

const upgradeStrategy = object<UpgradeStrategy>('How the container gets a new image.', {
  upgradeType: string(
    'ColdUpgrade: the container restarts. HotUpgrade: the new image starts beside the old one. Defaults to ColdUpgrade; cannot be changed.',
  ),
  hotUpgradeEmptyImage: string(
    'Image of an idle slot. Without handover it is required, and the old slot is reset to it when the new one is ready. With handover only new pods have it, until their first upgrade: after that the idle slot keeps the image it had, as a warm standby. Another one restarts nothing: it is used from the next upgrade on.',
  ),
  handover,
})

/** An item of spec.containers and spec.initContainers. */
export const sidecarContainer: Schema = openObject(
  'A container to inject: the fields of a core container, and those of ours.',
  {
    ...coreContainer,
    podInjectPolicy: string(
      'BeforeAppContainer or AfterAppContainer. Defaults to Before for containers and After for initContainers.',
    ),
    upgradeStrategy,
    ...fromApp,
  },
  ['name'],
)
