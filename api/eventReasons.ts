/** What an event is told on: besides the pod, its owner (such as a ReplicaSet), or the object that wants it. */
type About = 'pod' | 'owner' | 'SidecarSet' | 'TrafficInterception' | 'IngressGateway'

interface EventMeaning {
  readonly types: readonly ('Normal' | 'Warning')[]
  readonly about: readonly About[]
  /** When it is told. */
  readonly when: string
  /** What to do, if anything. */
  readonly then: string
}

/**
 * Every reason of our events. Whoever tells an event can give no other, and the reference is made of
 * this. One word for one thing: conditions, logs and metrics use the same.
 */
export const eventReasons = {
  Injected: {
    types: ['Normal'],
    about: ['owner', 'SidecarSet'],
    when: 'A new pod gets the sidecars of a set. It has no identity yet: so its owner is told, or else the set.',
    then: '',
  },
  InjectionSkipped: {
    types: ['Normal', 'Warning'],
    about: ['owner', 'SidecarSet'],
    when: 'A set selects a new pod, and it is not injected. Normal when somebody asked for that.',
    then: 'The sentence begins with the [reason](errors.md#why-a-pod-is-not-injected).',
  },
  InjectionWarning: {
    types: ['Warning'],
    about: ['owner', 'SidecarSet'],
    when: 'A pod is injected, and something in it will lose requests or not work.',
    then: 'Do what the sentence says; `kubectl baton lint` says the same before.',
  },
  UpgradeStarted: {
    types: ['Normal'],
    about: ['pod', 'SidecarSet', 'IngressGateway'],
    when: 'The order to upgrade has been written into a pod. Left out when the pod’s end can be told before it: beyond a hundred at once.',
    then: '',
  },
  HandedOver: {
    types: ['Normal'],
    about: ['pod'],
    when: 'The upgrade of a pod is over, with what was handed over, drained and cut.',
    then: 'If connections were cut: a longer `drain.maxSeconds`, or clients that can be told to move.',
  },
  UpgradeFailed: {
    types: ['Warning'],
    about: ['pod', 'owner', 'SidecarSet', 'IngressGateway'],
    when: 'The upgrade of a pod was given up; the version before serves on.',
    then: 'The sentence begins with the [reason](errors.md#why-the-upgrade-of-a-pod-is-given-up).',
  },
  RolledBack: {
    types: ['Normal', 'Warning'],
    about: ['pod', 'owner', 'SidecarSet', 'IngressGateway'],
    when: 'A pod is ordered back (Warning), is back before anything had moved (Normal), or all pods are back because the revision failed (Warning on the set).',
    then: '`kubectl baton why` says what failed. Correct the template, or `kubectl baton retry`.',
  },
  RolloutPaused: {
    types: ['Normal', 'Warning'],
    about: ['SidecarSet', 'IngressGateway'],
    when: 'A rollout is paused: by `paused`, by a canary step (Normal), or because pods failed under `onFailure: Pause` (Warning).',
    then: '`kubectl baton resume`, `promote` or `abort`.',
  },
  RolloutCompleted: {
    types: ['Normal'],
    about: ['SidecarSet', 'IngressGateway'],
    when: 'All pods have the revision.',
    then: '',
  },
  RolloutResumed: {
    types: ['Normal'],
    about: ['SidecarSet', 'IngressGateway'],
    when: 'Somebody ended the pause of a step: who and why.',
    then: '',
  },
  RolloutPromoted: {
    types: ['Normal'],
    about: ['SidecarSet', 'IngressGateway'],
    when: 'Somebody left out what is left of the steps: who and why.',
    then: '',
  },
  RolloutAborted: {
    types: ['Normal'],
    about: ['SidecarSet', 'IngressGateway'],
    when: 'Somebody gave the revision up: who and why.',
    then: '',
  },
  RolloutRetried: {
    types: ['Normal'],
    about: ['SidecarSet', 'IngressGateway'],
    when: 'Somebody wants a revision tried again that has failed: who and why.',
    then: '',
  },
  RolloutCommandRefused: {
    types: ['Warning'],
    about: ['SidecarSet', 'IngressGateway'],
    when: 'Such a wish meant another revision or step than those that are there by now.',
    then: 'Look at `kubectl baton status`, and ask again.',
  },
  ProgressDeadlineExceeded: {
    types: ['Warning'],
    about: ['SidecarSet', 'IngressGateway'],
    when: 'Nothing went on for `progressDeadlineSeconds`.',
    then: '`kubectl baton why` names the rule that blocks.',
  },
  PausedTooLong: {
    types: ['Warning'],
    about: ['SidecarSet', 'IngressGateway'],
    when: 'A step waits for people for longer than `canary.maxPauseSeconds`.',
    then: '`kubectl baton resume`, `promote` or `abort`.',
  },
  ReconcileFailed: {
    types: ['Warning'],
    about: ['SidecarSet', 'IngressGateway'],
    when: 'The operator cannot do its work on the object, and tries again.',
    then: 'The sentence says what was refused; `kubectl baton check --install`.',
  },
  ImagePullFailed: {
    types: ['Warning'],
    about: ['SidecarSet', 'IngressGateway'],
    when: 'A node cannot pull the new image. No pod is touched.',
    then: 'Correct the tag, or give `baton-system` the pull secret too.',
  },
  ResizeRefused: {
    types: ['Warning'],
    about: ['pod'],
    when: 'The idle slot could not get its full requests; the upgrade goes on with those of a standby.',
    then: 'Room on the node, or a larger quota.',
  },
  BackOffEnded: {
    types: ['Warning'],
    about: ['pod'],
    when: 'The kubelet held a slot’s restart back, and a resize of 1 Mi has ended that.',
    then: 'See why the container crashes.',
  },
  InterceptionEnabled: {
    types: ['Normal'],
    about: ['pod', 'owner', 'TrafficInterception'],
    when: 'The traffic of a pod goes through its proxy, and a probe has seen it.',
    then: '',
  },
  InterceptionDisabled: {
    types: ['Normal'],
    about: ['pod', 'owner', 'TrafficInterception'],
    when: 'The traffic of a pod goes directly to its app.',
    then: '',
  },
  InterceptionFailed: {
    types: ['Warning'],
    about: ['pod', 'owner', 'TrafficInterception'],
    when: 'A toggle was given up, and the pod is as before.',
    then: 'The sentence begins with the [reason](errors.md#why-a-toggle-of-interception-is-given-up).',
  },
  InterceptionBypassed: {
    types: ['Warning'],
    about: ['pod', 'owner', 'TrafficInterception'],
    when: 'The proxy of a pod is dead, and the app goes on without it.',
    then: 'See why the proxy died; interception comes back with it.',
  },
  Applied: {
    types: ['Normal'],
    about: ['IngressGateway'],
    when: 'Deployment and Service of a gateway are as its spec wants them, for the first time or again.',
    then: '',
  },
  NameTaken: {
    types: ['Warning'],
    about: ['IngressGateway'],
    when: 'A Deployment or Service of the gateway’s name is somebody else’s.',
    then: 'Rename one of them.',
  },
  TemplateRefused: {
    types: ['Warning'],
    about: ['IngressGateway'],
    when: 'No pod can be made of the gateway’s spec.',
    then: 'Do what the sentence says.',
  },
  WriteRefused: {
    types: ['Warning'],
    about: ['IngressGateway'],
    when: 'The API server refuses the gateway’s Deployment or Service.',
    then: 'The sentence has the API server’s own words: a quota, a policy, a bad field.',
  },
} as const satisfies Readonly<Record<string, EventMeaning>>

export type EventReason = keyof typeof eventReasons
