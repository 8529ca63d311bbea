import { ENV_IS_INJECTED } from '../../../api/group.ts'
import type { Container, Pod } from '../podTypes.ts'

/** The containers of the app: those that run beside a sidecar and were not injected themselves. */
export function appContainers(pod: Pod): readonly Container[] {
  return (pod.spec?.containers ?? []).filter((container) => !isInjected(container))
}

function isInjected({ env }: Container): boolean {
  return (env ?? []).some(({ name, value }) => name === ENV_IS_INJECTED && value === 'true')
}
