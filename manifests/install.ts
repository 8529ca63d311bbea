import { OPERATOR, PART_OF, PORTS, WEBHOOK, WEBHOOK_CONFIGURATIONS } from '../api/installation.ts'
import { definitions } from '../crds/definitions.ts'
import { authorityAccess, operatorAccess, webhookAccess } from './accessRules.ts'
import { certificates } from './certManager.ts'
import { consoleObjects } from './console.ts'
import { OPERATOR_FLAGS, deployment, disruptionBudget } from './deployments.ts'
import type { Setting } from './expression.ts'
import { asText } from './expression.ts'
import { monitoring } from './monitoring.ts'
import { labelsOf, metadataOf } from './names.ts'
import { networkPolicies } from './networkPolicies.ts'
import { accountWithAccess, namespaceRole } from './roles.ts'
import type { Settings } from './values.ts'

/** One object of the installation. */
export interface InstallPart {
  /** The file of the chart that has it. */
  readonly file:
    | 'namespace'
    | 'crds'
    | 'webhook-configurations'
    | 'certificates'
    | 'operator'
    | 'webhook'
    | 'monitoring'
    | 'console'
  readonly object: object
  /** Left out when false. */
  readonly enabled?: Setting<boolean>
  /** Left out when this is false too. */
  readonly alsoEnabled?: Setting<boolean>
  /** Left out when true. */
  readonly disabled?: Setting<boolean>
}

/** Everything that an installation consists of, in the order in which it must be applied. */
export function installParts(settings: Settings): readonly InstallPart[] {
  const policies = networkPolicies(settings)
  const onPolicies = settings.networkPolicy.enabled
  const onBudgets = settings.podDisruptionBudget.enabled
  const namespaceName = settings.namespace.name
  const { certManager, caLifetimeSeconds, lifetimeSeconds } = settings.certificates
  const of =
    (file: InstallPart['file']) =>
    (object: object): InstallPart => ({ file, object })
  return [
    { file: 'namespace', object: namespace(settings), enabled: settings.namespace.create },
    ...definitions.map((object): InstallPart => ({
      file: 'crds',
      object,
      enabled: settings.crds.install,
    })),
    ...webhookConfigurations().map(of('webhook-configurations')),
    ...accountWithAccess(OPERATOR, operatorAccess, namespaceName).map(of('operator')),
    ...accountWithAccess(WEBHOOK, webhookAccess, namespaceName).map(of('webhook')),
    ...accessToAuthority(namespaceName).map((part) => ({ ...part, disabled: certManager })),
    ...certificates(settings).map((object): InstallPart => ({
      ...{ file: 'certificates', object, enabled: certManager },
    })),
    { file: 'operator', object: policies.operator, enabled: onPolicies },
    { file: 'webhook', object: policies.webhook, enabled: onPolicies },
    of('webhook')(webhookService(settings)),
    { file: 'operator', object: disruptionBudget(OPERATOR, settings), enabled: onBudgets },
    of('operator')(
      deployment({
        name: OPERATOR,
        settings,
        component: settings.operator,
        flags: OPERATOR_FLAGS,
        program: '/baton/operator.js',
        certificateFiles: 'ca.crt',
        environment: {
          FAILURE_POLICY: settings.failurePolicy,
          PROMETHEUS_ADDRESS: settings.prometheus.address,
          CA_LIFETIME_SECONDS: asText(caLifetimeSeconds),
          PODS_AT_A_TIME: asText(settings.podsAtATime),
          EVENTS_PER_SECOND: asText(settings.eventsPerSecond),
        },
      }),
    ),
    { file: 'webhook', object: disruptionBudget(WEBHOOK, settings), enabled: onBudgets },
    of('webhook')(
      deployment({
        name: WEBHOOK,
        settings,
        component: settings.webhook,
        program: '/baton/webhook.js',
        certificateFiles: 'all',
        environment: { CERTIFICATE_LIFETIME_SECONDS: asText(lifetimeSeconds) },
        ports: [{ name: 'webhook', containerPort: PORTS.webhook }],
      }),
    ),
    ...consoleParts(settings),
    ...monitoring(settings).map((object): InstallPart => ({
      ...{ file: 'monitoring', object, enabled: settings.monitoring.enabled },
    })),
  ]
}

function consoleParts(settings: Settings): readonly InstallPart[] {
  const { enabled } = settings.console
  const policy = networkPolicies(settings).console
  return [
    ...consoleObjects(settings).map((object): InstallPart => ({
      file: 'console',
      object,
      enabled,
    })),
    {
      ...{ file: 'console', object: policy, enabled },
      alsoEnabled: settings.networkPolicy.enabled,
    },
  ]
}

/** The CA's Secret; nobody needs it where cert-manager makes the certificate. */
function accessToAuthority(namespaceName: Setting<string>): readonly InstallPart[] {
  return (['operator', 'webhook'] as const).flatMap((file) => {
    const component = file === 'operator' ? OPERATOR : WEBHOOK
    const objects = namespaceRole(component, 'authority', authorityAccess[file], namespaceName)
    return objects.map((object): InstallPart => ({ file, object }))
  })
}

function namespace({ namespace: { name } }: Settings): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        ...PART_OF,
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    },
  }
}

/**
 * Empty: the operator fills them in and keeps them current. They are here so that they go with the
 * installation; left behind, they would refuse every pod that a set selected. No apply of these
 * takes the operator's entries away: what an object never had is not removed from it.
 */
function webhookConfigurations(): readonly object[] {
  return Object.entries(WEBHOOK_CONFIGURATIONS).map(([kind, name]) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name, labels: PART_OF },
  }))
}

function webhookService({ namespace: { name } }: Settings): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(WEBHOOK, name),
    spec: {
      selector: labelsOf(WEBHOOK),
      ports: [{ name: 'webhook', port: 443, targetPort: 'webhook', protocol: 'TCP' }],
    },
  }
}
