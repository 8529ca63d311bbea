import { GROUP } from '../../api/group.ts'
import type { PodConditionType } from '../../api/podConditionReasons.ts'

interface NameMeaning {
  /** On which object. */
  readonly on: string
  readonly writtenBy: string
  readonly means: string
}

/** Every annotation, label, finalizer and pod condition of ours, by what follows the slash. */
export const annotationMeanings: Readonly<Record<string, NameMeaning>> = {
  inject: {
    on: 'pod, namespace (or as a label)',
    writtenBy: 'you',
    means: '`"false"`: no sidecar is injected, whatever sets select.',
  },
  'rollout-command': {
    on: 'SidecarSet, IngressGateway',
    writtenBy: 'you, `kubectl baton`, the console',
    means:
      'What somebody asks of a rollout: JSON `{"verb": "resume" | "promote" | "abort" | "retry", "revision": "HASH", "step": 1, "reason": "…"}`. The webhook adds who it was.',
  },
  'lint-suppress': {
    on: 'any object',
    writtenBy: 'you',
    means: 'Codes that `kubectl baton lint` does not tell of it, with commas between.',
  },
  'sidecarset-injected-list': {
    on: 'pod',
    writtenBy: 'webhook',
    means: 'Names of the sets that are injected, with commas between.',
  },
  'sidecarset-hash': {
    on: 'pod',
    writtenBy: 'webhook, operator',
    means: 'JSON: set to the revision that the pod has, and since when.',
  },
  'sidecarset-hash-without-image': {
    on: 'pod',
    writtenBy: 'webhook, operator',
    means: 'JSON: the same without images: what cannot change in a running pod.',
  },
  'sidecarset-working-hotupgrade-container': {
    on: 'pod',
    writtenBy: 'webhook, operator',
    means: 'JSON: hot container to the slot in use.',
  },
  'sidecarset-inplace-update-state': {
    on: 'pod',
    writtenBy: 'operator',
    means: 'JSON: set to the upgrade that goes on, or the last one.',
  },
  'slot-images': {
    on: 'pod',
    writtenBy: 'operator',
    means: 'JSON: slot to images that ran there lately, for the kubelet’s back-off.',
  },
  desired: {
    on: 'pod',
    writtenBy: 'webhook, operator',
    means: 'What the agent obeys: which slot is to serve, since which boot, on which terms.',
  },
  interception: {
    on: 'pod',
    writtenBy: 'webhook, operator',
    means: 'What of the pod’s traffic goes through the proxy.',
  },
  'interception-ordered': {
    on: 'pod',
    writtenBy: 'operator',
    means: 'When the last toggle was ordered.',
  },
  'gateway-applied': {
    on: 'Deployment, Service of a gateway',
    writtenBy: 'operator',
    means: 'Digest of what was applied.',
  },
  'gateway-template': {
    on: 'Deployment of a gateway',
    writtenBy: 'operator',
    means: 'What its pods are made from, as JSON.',
  },
  'prefetch-image': {
    on: 'pod in `baton-system`',
    writtenBy: 'operator',
    means: 'The image that a prefetch pod pulls.',
  },
}

export const labelMeanings: Readonly<Record<string, NameMeaning>> = {
  gateway: {
    on: 'pod of a gateway',
    writtenBy: 'operator',
    means: 'Name of its IngressGateway: select by it in your PodDisruptionBudget.',
  },
  'sidecarset-name': {
    on: 'ControllerRevision',
    writtenBy: 'operator',
    means: 'The set, or gateway, whose revision it is.',
  },
  'sidecarset-custom-version': {
    on: 'ControllerRevision',
    writtenBy: 'operator',
    means: '`spec.customVersion` of the revision.',
  },
  prefetch: {
    on: 'pod in `baton-system`',
    writtenBy: 'operator',
    means: 'A short-lived pod that pulls an image onto a node, for this set.',
  },
}

export const finalizerMeanings: Readonly<Record<string, NameMeaning>> = {
  'upgrades-in-flight': {
    on: 'SidecarSet',
    writtenBy: 'operator',
    means: 'The set goes when its pods in flight have finished.',
  },
}

/** Names that are made of the name of something else, and those of OpenKruise without our domain. */
export const composedMeanings: readonly (NameMeaning & { readonly name: string })[] = [
  {
    name: `version.sidecarset.${GROUP}/SLOT`,
    on: 'pod',
    writtenBy: 'webhook, operator',
    means: 'Version of the slot, which counts upgrades; `SIDECARSET_VERSION` in the container.',
  },
  {
    name: `versionalt.sidecarset.${GROUP}/SLOT`,
    on: 'pod',
    writtenBy: 'webhook, operator',
    means: 'Version of the other slot; `SIDECARSET_VERSION_ALT` in the container.',
  },
]

/** Conditions that Baton writes into the status of pods. */
export const podConditionMeanings: Readonly<Record<PodConditionType, string>> = {
  'baton.dev/Sidecars':
    'How the last upgrade of the pod ended: True with the reason `Settled`, or False with the [reason](errors.md#why-the-upgrade-of-a-pod-is-given-up) for which it was given up. The message has the numbers.',
  'baton.dev/Interception':
    'How its last toggle ended: True with `Enabled` or `Disabled`, False with `Bypassed` or the [reason](errors.md#why-a-toggle-of-interception-is-given-up) for which it was given up.',
  SidecarSetUpgradable:
    'As in OpenKruise: whether what is in the pod can become what its sets want. The message is JSON: set to whether it can be.',
}
