/**
 * The conditions of our kinds, and every reason that each may have: what it means for people. Whoever
 * writes a condition can give no other, and the reference is made of this.
 */
export const conditionReasons = {
  Available: {
    WebhookConfigured: 'SidecarSet: new pods of the set are sent to Baton and get its sidecars.',
    WebhookNotConfigured:
      'SidecarSet: they are not yet, or not any more: the sentence says why. Pods that are created now come without sidecars.',
    AsWanted: 'TrafficInterception: every pod that can be toggled is as `spec.enabled` wants it.',
    NotEverywhere: 'TrafficInterception: some pods are not, or not yet.',
    AllPodsReady: 'IngressGateway: all its pods serve.',
    SomePodsReady:
      'IngressGateway: some of its pods serve; the sentence says what keeps the others.',
    NoPodReady: 'IngressGateway: none of its pods serves.',
    ScaledToZero: 'IngressGateway: `spec.replicas` is 0, so nobody serves, as asked.',
  },
  Progressing: {
    RolloutCompleted: 'All pods have what the spec wants.',
    RolloutInProgress: 'Pods are being brought there, or wait for their turn.',
    PartitionReached: 'All pods have it but those that `partition` keeps.',
    RolloutPaused: '`paused` is true: no new pod is started, those in flight finish.',
    NotUpdate: '`updateStrategy.type` is NotUpdate: running pods are left alone.',
    CanaryStepInProgress: 'Pods of a canary step are being brought to the revision.',
    CanaryStepPausing: 'A step waits for its time to be over.',
    CanaryStepPaused: 'A step waits for people: `kubectl baton resume`.',
    CanaryStepAnalysis: 'A step waits for its analysis.',
    ImagePullFailed: 'A node cannot pull the new image: no pod is touched.',
    UpgradeFailed:
      'The revision has failed: the rollout has stopped, or pods go back, by `onFailure`.',
    ProgressDeadlineExceeded: 'Nothing went on for `progressDeadlineSeconds`.',
    ReconcileFailed: 'The operator cannot do its work on the object, and tries again.',
    ToggleFailed: 'TrafficInterception: a toggle has failed; no other pod is toggled.',
  },
  Degraded: {
    AsExpected: 'Nothing has failed.',
    UpgradeFailed: 'Pods have failed, and stay as they are.',
    RollingBack: 'Pods have failed, and all go back to the revision before.',
    RolledBack: 'Pods have failed, and all are back.',
    UpdateImmutableField:
      'More than images has changed: the pods that the sentence names cannot get it in place. Recreate them.',
    PodsReplaced: 'IngressGateway: the same, but its Deployment replaces the pods by itself.',
    ToggleFailed: 'TrafficInterception: a toggle has failed.',
    PodNotWritable: 'TrafficInterception: some pods cannot be written; the others go on.',
  },
  Paused: {
    NotPaused: 'Nothing waits for people.',
    RolloutPaused: 'Somebody has set `paused`.',
    CanaryStepPaused: 'A step waits for people.',
    PausedTooLong: 'It does, for longer than `updateStrategy.canary.maxPauseSeconds`.',
  },
  Accepted: {
    Applied: 'IngressGateway: its Deployment and its Service are as the spec wants them.',
    NameTaken:
      'IngressGateway: a Deployment or Service of its name is somebody else’s, and left alone.',
    TemplateRefused: 'IngressGateway: no pod can be made of the spec: the sentence says why.',
    WriteRefused: 'IngressGateway: the API server has refused Deployment or Service.',
  },
  Addressed: {
    AddressAssigned: 'IngressGateway: clients reach it at the address in the sentence.',
    AddressPending: 'IngressGateway: its Service has no address yet.',
  },
  Conflict: {
    NoConflict: 'TrafficInterception: no other object has pods of this one.',
    OlderObjectWins: 'TrafficInterception: an older object has some of its pods.',
  },
  Bypassed: {
    ProxiesServe: 'TrafficInterception: no proxy is known to be dead.',
    ProxyDead:
      'TrafficInterception: in some pods the proxy is dead, and the app is reached directly.',
  },
  PodsWithoutInterception: {
    AllInjected: 'TrafficInterception: every pod can be toggled.',
    NotInjected:
      'TrafficInterception: some pods were injected without interception. Recreate them once their set has it.',
  },
} as const

export type ConditionType = keyof typeof conditionReasons
export type ConditionReason<Type extends ConditionType> = keyof (typeof conditionReasons)[Type] &
  string
