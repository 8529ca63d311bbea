import type { Drain, Handover, UpgradeStrategy } from '../api/v1beta1/sidecarset.ts'
import { coreContainer, probe } from './coreContainer.ts'
import type { Schema } from './schema.ts'
import { integer, list, object, openObject, string } from './schema.ts'

// Values that a person may misspell are plain strings here: the validating webhook refuses them
// with a sentence that says what to write instead, which the API server's own message lacks.

const drain = object<Drain>('How the old process is told to finish, and how long it may take.', {
  timerSeconds: integer(
    'Seconds from the order to drain until what is left is reported, and the pod counts as upgraded. Defaults to 15.',
  ),
  maxSeconds: integer(
    'Seconds after which the connections that are left are cut, and counted. Defaults to 600.',
  ),
  method: openObject('One of these ways. Defaults to the signal SIGTERM.', {
    envoy: object<{ adminPort: number }>(
      "Envoy's admin interface.",
      { adminPort: integer('Port of the admin interface. It becomes a private port.') },
      ['adminPort'],
    ),
    signal: object<{ name: string }>('A signal to the process.', {
      name: string('Name of the signal, such as SIGQUIT. Defaults to SIGTERM.'),
    }),
  }),
})

const handover = object<Handover>(
  'How Baton hands the listeners from the old process to the new one. Required with HotUpgrade.',
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
    'Image of the idle slot of a new pod, until its first upgrade. Defaults to the image of the container. After an upgrade the idle slot keeps the image it had, as a warm standby.',
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
  },
  ['name'],
)
