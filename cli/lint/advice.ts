import type { DefaultedContainer, DefaultedSpec } from '../../api/defaults/defaultedSpec.ts'
import type { Finding } from './finding.ts'

/** What works, and may not be what its author wants. */
export function adviceFor(object: string, spec: DefaultedSpec): readonly Finding[] {
  const warning = (code: Finding['code'], field: string, message: string): Finding => ({
    code,
    severity: 'Warning',
    object,
    field,
    message,
  })
  const placed = (['initContainers', 'containers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ path: `spec.${list}[${index}]`, container })),
  )
  const advice: Finding[] = placed.flatMap(({ path, container }) => [
    ...movingTag(container).map((text) => warning('BTN103', `${path}.image`, text)),
    ...hardCut(container).map((text) =>
      warning('BTN104', `${path}.upgradeStrategy.handover.drain.maxSeconds`, text),
    ),
  ])
  const { maxUnavailable } = spec.updateStrategy
  if (maxUnavailable === '100%') {
    const text =
      'spec.updateStrategy.maxUnavailable is "100%": a bad image reaches every pod before the first has failed; write a share such as "10%"'
    advice.push(warning('BTN105', 'spec.updateStrategy.maxUnavailable', text))
  }
  for (const { path, container } of placed.filter(isRestarted)) {
    const text = `an upgrade of ${container.name} restarts it, and its connections are cut; write upgradeType: HotUpgrade with a handover if it carries traffic`
    advice.push(warning('BTN106', `${path}.upgradeStrategy.upgradeType`, text))
  }
  return advice
}

function movingTag({ name, image = '' }: DefaultedContainer): readonly string[] {
  const last = image.slice(image.lastIndexOf('/') + 1)
  if (last.includes('@') || (last.includes(':') && !last.endsWith(':latest'))) return []
  return [`the image of ${name} is ${image}, which means another program every day; name a version`]
}

function hardCut({ name, upgradeStrategy }: DefaultedContainer): readonly string[] {
  const drain = upgradeStrategy.handover?.drain
  if (drain === undefined || drain.maxSeconds > drain.timerSeconds) return []
  return [
    `${name} is cut ${drain.maxSeconds} s after the order to drain, with whatever connections it has then; raise maxSeconds above timerSeconds (${drain.timerSeconds})`,
  ]
}

function isRestarted({
  container,
  path,
}: {
  readonly container: DefaultedContainer
  readonly path: string
}): boolean {
  const runsOn = path.startsWith('spec.containers') || container.restartPolicy === 'Always'
  const carriesTraffic = (container.ports ?? []).length > 0
  return runsOn && carriesTraffic && container.upgradeStrategy.upgradeType === 'ColdUpgrade'
}
