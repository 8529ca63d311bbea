import { applyDefaults } from '../../../api/defaults/applyDefaults.ts'
import type { DesiredContainer } from '../../../api/desired.ts'
import type { SidecarContainer } from '../../../api/v1beta1/sidecarset.ts'

type HandoverTerms = Pick<DesiredContainer, 'drain' | 'startDeadlineSeconds' | 'confirmSeconds'>

/**
 * What the agent is told of how to hand over, with the API's defaults; nothing for
 * other containers.
 */
export function handoverTerms(container: SidecarContainer): Partial<HandoverTerms> {
  const [defaulted] = applyDefaults({ selector: {}, containers: [container] }).containers ?? []
  const handover = defaulted?.upgradeStrategy.handover
  if (handover === undefined) return {}
  const { drain, startDeadlineSeconds, confirmSeconds } = handover
  return { drain, startDeadlineSeconds, confirmSeconds }
}
