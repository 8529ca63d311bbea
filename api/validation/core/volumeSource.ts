import type { SidecarSetSpec } from '../../v1beta1/sidecarset.ts'
import { choiceViolations } from '../choice.ts'
import { parseQuantity } from '../quantity.ts'
import type { Violation } from '../violation.ts'
import { itemViolations, modeViolations, podFileViolations } from './files.ts'
import { hasBackstep, objectNameViolations } from './names.ts'
import { projectedViolations } from './projections.ts'
import { missingViolations, unionViolations } from './present.ts'

type Volume = NonNullable<SidecarSetSpec['volumes']>[number]
type Check<K extends keyof Volume> = (
  path: string,
  source: NonNullable<Volume[K]>,
) => readonly Violation[]

const HOST_PATH_TYPES = [
  ...['', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate'],
  ...['Socket', 'CharDevice', 'BlockDevice'],
]

/** The usual sources, and what a pod would be refused for in each. */
const CHECKS: { readonly [K in keyof Volume]?: Check<K> } = {
  configMap: (path, { name, items, defaultMode }) => [
    ...missingViolations(`${path}.name`, name, 'name the ConfigMap'),
    ...itemViolations(path, items),
    ...modeViolations(`${path}.defaultMode`, defaultMode),
  ],
  secret: (path, { secretName, items, defaultMode }) => [
    ...missingViolations(`${path}.secretName`, secretName, 'name the Secret'),
    ...itemViolations(path, items),
    ...modeViolations(`${path}.defaultMode`, defaultMode),
  ],
  emptyDir: (path, { sizeLimit }) => {
    const size: unknown = sizeLimit
    if (size === undefined || (parseQuantity(size) ?? -1) >= 0) return []
    const problem = 'this is not a quantity'
    const remedy = 'write a number with a unit, such as 64Mi'
    return [{ field: `${path}.sizeLimit`, value: size, problem, remedy }]
  },
  hostPath: (path, { path: target, type }) => [
    ...missingViolations(`${path}.path`, target, 'name a path of the node'),
    ...(hasBackstep(target) ? [goesUp(`${path}.path`, target)] : []),
    ...choiceViolations(`${path}.type`, type, HOST_PATH_TYPES),
  ],
  persistentVolumeClaim: (path, { claimName }) =>
    missingViolations(`${path}.claimName`, claimName, 'name the claim'),
  downwardAPI: (path, { items, defaultMode }) => [
    ...podFileViolations(path, items),
    ...modeViolations(`${path}.defaultMode`, defaultMode),
  ],
  projected: projectedViolations,
  ephemeral: (path, { volumeClaimTemplate }) =>
    volumeClaimTemplate?.spec.resources?.requests?.['storage'] !== undefined
      ? []
      : [
          {
            field: `${path}.volumeClaimTemplate`,
            value: volumeClaimTemplate,
            problem: 'no volume can be made of it',
            remedy: 'set spec.accessModes and spec.resources.requests.storage',
          },
        ],
  csi: (path, { driver }) => objectNameViolations(`${path}.driver`, driver.toLowerCase()),
  nfs: (path, { server, path: directory }) => [
    ...missingViolations(`${path}.server`, server, 'name the server'),
    ...(directory.startsWith('/')
      ? []
      : [
          {
            field: `${path}.path`,
            value: directory,
            problem: 'a server exports absolute paths',
            remedy: 'begin it with /',
          },
        ]),
  ],
  image: (path, { reference, pullPolicy }) => [
    ...missingViolations(`${path}.reference`, reference, 'name the image'),
    ...choiceViolations(`${path}.pullPolicy`, pullPolicy, ['Always', 'IfNotPresent', 'Never']),
  ],
}

/** What is wrong with where a volume comes from. Without any source it is an empty directory. */
export function volumeSourceViolations(path: string, volume: Volume): readonly Violation[] {
  const sources = Object.keys(volume).filter((key) => key !== 'name')
  const several = unionViolations(path, volume, sources, { least: 0 })
  if (several.length > 0) return several
  return (sources as readonly (keyof Volume)[]).flatMap((source) => {
    // Its own check for its own fields, which the compiler does not see of a name in a list. What a
    // check expects may be missing all the same: only the validation tells.
    const check = CHECKS[source] as
      ((path: string, of: unknown) => readonly Violation[]) | undefined
    return check?.(`${path}.${source}`, withTexts(volume[source])) ?? []
  })
}

/** Texts that the types of Kubernetes require are empty when they are missing. */
function withTexts(source: unknown): unknown {
  const empty = { path: '', driver: '', server: '' }
  return { ...empty, ...(source as object) }
}

function goesUp(field: string, value: string): Violation {
  return { field, value, problem: 'the path goes up', remedy: 'leave out ..' }
}
