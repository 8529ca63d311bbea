import type { Handover, UpgradeStrategy } from '../api/v1beta1/sidecarset.ts'
import { coreContainer } from './core/container.ts'
import { probe } from './core/handlers.ts'
import { fromApp } from './fromApp.ts'
import { drain } from './drain.ts'
import { checked, oneOf, wholeNumber } from './rules.ts'
import type { Rule, Schema } from './schema.ts'
import { list, object, openObject, string } from './schema.ts'

/** upgradeStrategy.handover of a container. */
export const handover = object<Handover>(
  'How Baton hands the listeners from the old process to the new one. A HotUpgrade without it is for sidecars that move their own state, told by the variables SIDECARSET_VERSION and SIDECARSET_VERSION_ALT.',
  {
    drain,
    startDeadlineSeconds: wholeNumber(
      'Seconds within which the new process must serve; else it is stopped, and the old one goes on. Defaults to 60.',
      1,
    ),
    healthCheck: probe(
      'Carried out against the new process alone before the old one is told to drain. Defaults to listening on all addresses that are handed over.',
    ),
    confirmSeconds: wholeNumber(
      'Seconds for which the old process stays able to take back after the new one serves. Defaults to 0.',
      0,
    ),
    privatePorts: list('Ports of one process alone, such as its admin interface.', {
      type: 'integer',
      format: 'int32',
    }),
  },
)

const upgradeStrategyFields = object<UpgradeStrategy>('How the container gets a new image.', {
  upgradeType: oneOf(
    'ColdUpgrade: the container restarts. HotUpgrade: the new image starts beside the old one. Defaults to ColdUpgrade; cannot be changed.',
    ['ColdUpgrade', 'HotUpgrade'],
  ),
  hotUpgradeEmptyImage: string(
    'Image of an idle slot. Without handover it is required, and the old slot is reset to it when the new one is ready. With handover only new pods have it, until their first upgrade: after that the idle slot keeps the image it had, as a warm standby. Another one restarts nothing: it is used from the next upgrade on.',
  ),
  handover,
})

/** CEL: the upgradeType of an upgradeStrategy. */
const typeOf = (strategy: string): string =>
  `(has(${strategy}.upgradeType) ? ${strategy}.upgradeType : 'ColdUpgrade')`

/** CEL: that of a container, which need not have an upgradeStrategy. */
const typeOfContainer = (container: string): string =>
  `(has(${container}.upgradeStrategy) ? ${typeOf(`${container}.upgradeStrategy`)} : 'ColdUpgrade')`

const upgradeStrategy = checked(
  upgradeStrategyFields,
  {
    rule: `!has(self.handover) || ${typeOf('self')} != 'ColdUpgrade'`,
    message:
      'listeners are handed over in a HotUpgrade only; set upgradeType to HotUpgrade, or leave handover out',
    fieldPath: '.handover',
  },
  {
    rule: `${typeOf('self')} != 'HotUpgrade' || has(self.handover) || has(self.hotUpgradeEmptyImage)`,
    message:
      'a hot upgrade is done either by Baton, which needs handover, or by the sidecar itself, whose idle slot needs an image to run; set handover: {}, or name hotUpgradeEmptyImage',
    fieldPath: '.hotUpgradeEmptyImage',
  },
)

/** Of a DNS label. */
export const LONGEST_NAME = 63

const handsOver = 'has(self.upgradeStrategy) && has(self.upgradeStrategy.handover)'

const rules: readonly Rule[] = [
  {
    rule: `!(${handsOver}) || (has(self.command) && size(self.command) > 0)`,
    message:
      "Baton starts the proxy itself when listeners are handed over, and cannot see the image's own entrypoint; name the program, such as [/usr/local/bin/envoy]",
    fieldPath: '.command',
  },
  {
    rule: `!(${handsOver}) || !has(self.lifecycle)`,
    message:
      'these hooks would never run: they belong to a container, and the process in a slot starts and ends without its container; remove them',
    fieldPath: '.lifecycle',
  },
  {
    rule: '!has(self.resourcesPolicy) || !has(self.resources) || !(has(self.resources.limits) && size(self.resources.limits) > 0 || has(self.resources.requests) && size(self.resources.requests) > 0)',
    message: 'resourcesPolicy computes them already; leave out one of the two',
    fieldPath: '.resources',
  },
  {
    rule: `${typeOfContainer('self')} == ${typeOfContainer('oldSelf')}`,
    message:
      'running pods cannot change it; set it back, or create another SidecarSet with the container',
    fieldPath: '.upgradeStrategy.upgradeType',
  },
]

const sidecarContainer = (ownRules: readonly Rule[]): Schema =>
  checked(
    openObject(
      'A container to inject: the fields of a core container, and those of ours.',
      {
        ...coreContainer,
        name: { ...coreContainer.name, maxLength: LONGEST_NAME },
        podInjectPolicy: oneOf(
          'BeforeAppContainer or AfterAppContainer. Defaults to Before for containers and After for initContainers.',
          ['BeforeAppContainer', 'AfterAppContainer'],
        ),
        upgradeStrategy,
        ...fromApp,
      },
      ['name'],
    ),
    ...rules,
    ...ownRules,
  )

/** An item of spec.containers. */
export const container = sidecarContainer([])

/** An item of spec.initContainers. */
export const initContainer = sidecarContainer([
  {
    rule: `${typeOfContainer('self')} != 'HotUpgrade' || (has(self.restartPolicy) && self.restartPolicy == 'Always')`,
    message:
      'an init container that ends before the app starts cannot be upgraded while it runs; set Always to make it a native sidecar, or move it to spec.containers',
    fieldPath: '.restartPolicy',
  },
])
