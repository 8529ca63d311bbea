/** The API group of every kind of ours, and the names we put on other people's objects. */
export const GROUP = 'baton.dev'
export const VERSION = 'v1beta1'
export const API_VERSION = `${GROUP}/${VERSION}`

/** Namespace of the operator, its ControllerRevisions, Leases and certificates. */
export const SYSTEM_NAMESPACE = 'baton-system'

export const annotations = {
  /** JSON map set name -> {updateTimestamp, hash, sidecarSetName, sidecarList, controllerRevision}. */
  hash: 'baton.dev/sidecarset-hash',
  hashWithoutImage: 'baton.dev/sidecarset-hash-without-image',
  /** Comma-separated names of the sets injected into the pod. */
  injectedList: 'baton.dev/sidecarset-injected-list',
  /** JSON map hot container -> slot in use. */
  workingHotUpgradeContainer: 'baton.dev/sidecarset-working-hotupgrade-container',
  /** What the agent obeys; see desired.ts. */
  desired: 'baton.dev/desired',
  /** What of the pod's traffic goes through the proxy; see interception/desired.ts. */
  interception: 'baton.dev/interception',
  /** On a set: what somebody asks of its rollout; see rolloutCommand.ts. */
  rolloutCommand: 'baton.dev/rollout-command',
  /** On a pod or namespace: "false" opts out of injection. */
  inject: 'baton.dev/inject',
} as const

/** Annotation with the version of one slot; values count upgrades as in OpenKruise. */
export function slotVersionAnnotation(slot: string): string {
  return `version.sidecarset.${GROUP}/${slot}`
}

/** The version of the other slot: a sidecar that migrates by itself compares the two. */
export function slotVersionAltAnnotation(slot: string): string {
  return `versionalt.sidecarset.${GROUP}/${slot}`
}

/** Condition on the pod that carries the result of its last handover. */
export const POD_CONDITION = 'baton.dev/Sidecars'

/** Condition on the pod that carries how its last toggle of interception ended. */
export const INTERCEPTION_CONDITION = 'baton.dev/Interception'

/** What the administrator sets for the whole installation, in the operator's namespace. */
export const CONFIGURATION = {
  configMap: 'baton-configuration',
  /** JSON: which annotations sets may patch. See api/validation/annotationWhitelist.ts. */
  annotationWhitelist: 'SidecarSet_PatchPodMetadata_WhiteList',
} as const

/** Environment variable that marks injected containers, as in OpenKruise. */
export const ENV_IS_INJECTED = 'IS_INJECTED'

/** Slots of a hot container, in the order of injection: the first one serves at creation. */
export function slotNames(container: string): readonly [string, string] {
  return [`${container}-1`, `${container}-2`]
}

export const AGENT_CONTAINER = 'baton-agent'
export const INIT_CONTAINER = 'baton-init'
export const AGENT_PORT = 15020
export const VOLUMES = { bin: 'baton-bin', run: 'baton-run', podInfo: 'baton-podinfo' } as const
export const PATHS = {
  bin: '/baton/bin',
  run: '/baton/run',
  podInfo: '/baton/podinfo',
  keeper: '/baton/run/keep.sock',
} as const
/** User of slots and agent unless the set's container names one. */
export const DEFAULT_USER = 1337
