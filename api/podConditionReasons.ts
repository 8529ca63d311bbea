import type { ToggleFailureReason, UpgradeFailureReason } from './reasons.ts'

export const upgradeFailureMeanings = {
  ProxyExited: 'The new version has exited before it served.',
  StartDeadlineExceeded: 'It did not serve within `startDeadlineSeconds`.',
  ListenersMissing: 'It listens on fewer addresses than the one before.',
  HealthCheckFailed: 'It listens, and its `healthCheck` fails.',
  SlotNotRestarted: 'The kubelet did not restart the idle slot in time.',
  Superseded: 'Another order has taken its place.',
  Aborted: 'The agent gave it up; its words are in the sentence.',
  AgentUnreachable: 'The operator cannot reach the agent: often a NetworkPolicy, port 15020.',
  HandoverDeadlineExceeded: 'The agent answers, and did not come to an end in time.',
  ColdUpgradeDeadlineExceeded: 'A container that is restarted did not become ready in time.',
  MigrationFailed: 'A sidecar that migrates by itself has failed.',
  MigrationDeadlineExceeded: 'It was not ready in time.',
  ResetFailed: 'Its old slot cannot run the empty image.',
  ResetDeadlineExceeded: 'Its old slot did not get the empty image in time.',
  RevisionGone: 'The revision that the pod goes to is there no more.',
} as const satisfies Readonly<Record<UpgradeFailureReason, string>>

export const toggleFailureMeanings = {
  HookFailed: 'A hook with `onError: Abort` failed or took too long.',
  ProxyNotServing: 'No proxy serves that could take the traffic.',
  RulesNotWritten: 'The kernel did not take the rules, or they read back differently.',
  ProbeNotSeen: 'The agent’s own connection did not arrive at the proxy.',
  AgentSilent: 'The agent does not answer the operator.',
  ToggleOverdue: 'The agent answers, and did not come to an end in time.',
} as const satisfies Readonly<Record<ToggleFailureReason, string>>

/**
 * The conditions that Baton writes into the status of pods, and every reason that each may have: what
 * it means for people. The reference is made of this. An agent of another version may give a failure a
 * word that is not here: it is passed on as it came.
 */
export const podConditionReasons = {
  'baton.dev/Sidecars': {
    Settled: 'True: the last upgrade of the pod went well. The message has the numbers.',
    ...upgradeFailureMeanings,
  },
  'baton.dev/Interception': {
    Enabled: 'True: traffic goes through the proxy.',
    Disabled: 'True: traffic goes to the app directly, as asked.',
    Bypassed: 'False: the proxy does not serve, and the app goes on directly.',
    ...toggleFailureMeanings,
    ToggleFailed: 'The agent has given the toggle up and says no more; see the sentence.',
  },
  SidecarSetUpgradable: {
    AllSidecarsetUpgradable: 'True: what is in the pod can become what all its sets want.',
    UpdateImmutableField:
      'False: more than images of a set has changed, and the pod must be recreated for it.',
  },
} as const

export type PodConditionType = keyof typeof podConditionReasons
export type PodConditionReason<Type extends PodConditionType> =
  keyof (typeof podConditionReasons)[Type] & string
