import { SYSTEM_NAMESPACE } from '../api/group.ts'
import { sidecarSetDefinition } from '../crds/sidecarSet.ts'
import { operatorAccess, webhookAccess } from './accessRules.ts'
import { componentWorkload } from './deployments.ts'
import { labelsOf, metadataOf, OPERATOR, PORTS, WEBHOOK } from './names.ts'
import { accountWithAccess } from './roles.ts'

export interface InstallImages {
  /** Image with the programs of operator and webhook. */
  readonly operatorImage: string
  /** Image of the agent, which also has the launcher. */
  readonly agentImage: string
}

/** Everything that an installation consists of, in the order in which it must be applied. */
export function installObjects({ operatorImage, agentImage }: InstallImages): readonly object[] {
  const common = { image: operatorImage, agentImage }
  return [
    namespace(),
    sidecarSetDefinition,
    ...accountWithAccess(OPERATOR, operatorAccess),
    ...accountWithAccess(WEBHOOK, webhookAccess),
    webhookService(),
    ...componentWorkload({ ...common, name: OPERATOR, program: '/baton/operator.js' }),
    ...componentWorkload({
      ...common,
      name: WEBHOOK,
      program: '/baton/webhook.js',
      ports: [{ name: 'webhook', containerPort: PORTS.webhook }],
    }),
  ]
}

function namespace(): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: SYSTEM_NAMESPACE,
      labels: {
        'app.kubernetes.io/part-of': 'baton',
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    },
  }
}

function webhookService(): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(WEBHOOK, 'namespace'),
    spec: {
      selector: labelsOf(WEBHOOK),
      ports: [{ name: 'webhook', port: 443, targetPort: 'webhook', protocol: 'TCP' }],
    },
  }
}
