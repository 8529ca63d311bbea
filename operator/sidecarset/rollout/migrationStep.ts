import { slotNames } from '../../../api/group.ts'
import type { SidecarContainer } from '../../../api/v1beta1/sidecarset.ts'
import type { ContainerStep } from './containerSteps.ts'
import { bootsOf, imageOf } from './podStatus.ts'
import type { PodView } from './podView.ts'

/**
 * What must happen to a hot container without `handover`: it moves its own state when its other slot
 * starts, told by its versions. The image of the idle slot is never compared with the set's
 * `hotUpgradeEmptyImage`: changing that must not restart a slot of a pod that nothing else is done to.
 */
export function migrationStep(view: PodView, container: SidecarContainer): ContainerStep {
  const { pod, state } = view
  const impossible = (sentence: string): ContainerStep => ({
    kind: 'impossible',
    container,
    sentence,
  })
  const [first, second] = slotNames(container.name)
  const [active, idle] = view.working[container.name] === second ? [second, first] : [first, second]
  const images = { active: imageOf(pod, active), idle: imageOf(pod, idle) }
  if (images.active === undefined || images.idle === undefined) {
    return impossible(`the pod lacks the slot ${images.active === undefined ? active : idle}`)
  }
  const moving = view.stage === 'inFlight' ? state?.migrating?.[container.name] : undefined
  // Before the reset the old slot still serves: the new one just goes.
  const canWithdraw = moving?.withdrawn !== true && state?.step === 'hot'
  if (moving !== undefined && canWithdraw && imageOf(pod, moving.from) === container.image) {
    const { from: to, to: from, idleImage: emptyImage } = moving
    return { kind: 'withdraw', container, from, to, emptyImage }
  }
  if (images.active === container.image) return { kind: 'keep', container, active }
  if (bootsOf(pod, active) === 0) return { kind: 'fresh', container, targets: [active], active }
  if (images.idle === container.image) {
    return impossible(`${idle} has ${images.idle} already, so nothing would start there`)
  }
  const emptyImage = container.upgradeStrategy?.hotUpgradeEmptyImage
  if (emptyImage === undefined) {
    return impossible(`${container.name} has neither handover nor hotUpgradeEmptyImage`)
  }
  const idleImage = images.idle
  return { kind: 'migrate', container, from: active, to: idle, idleImage, emptyImage }
}
