import { CONSOLE, PORTS } from '../api/installation.ts'
import { CONTAINER_SECURITY, placement, POD_SECURITY, PROBES } from './deployments.ts'
import type { Setting } from './expression.ts'
import { filled, formatted, itemsIf } from './expression.ts'
import { labelsOf, metadataOf } from './names.ts'
import type { Settings } from './values.ts'

/** Where a pod finds the CA of its cluster, and with it usually a token. */
const CA_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'
const TLS_FOLDER = '/tls'
const OIDC_FOLDER = '/oidc'
const KUBECONFIG_FOLDER = '/clusters'

/**
 * The console: an account without any right, and a pod without even its token. What is done in the
 * cluster is done by the token of whoever has signed in.
 */
export function consoleObjects(settings: Settings): readonly object[] {
  const { name } = settings.namespace
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadataOf(CONSOLE, name),
      automountServiceAccountToken: false,
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(CONSOLE, name),
      spec: {
        selector: labelsOf(CONSOLE),
        ports: [{ name: 'console', port: PORTS.console, targetPort: 'console', protocol: 'TCP' }],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadataOf(CONSOLE, name),
      spec: {
        // Sessions are in its memory.
        replicas: 1,
        selector: { matchLabels: labelsOf(CONSOLE) },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: { metadata: { labels: labelsOf(CONSOLE) }, spec: podSpec(settings) },
      },
    },
  ]
}

function podSpec({ console: own, images }: Settings): object {
  return {
    serviceAccountName: CONSOLE,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...filled('imagePullSecrets', images.pullSecrets),
    securityContext: POD_SECURITY,
    ...placement(own),
    containers: [
      {
        name: 'console',
        image: images.operator,
        imagePullPolicy: images.pullPolicy,
        command: [
          ...['/usr/local/bin/node', '/baton/console.js', 'console'],
          formatted('--in-cluster=%s', own.clusterName),
          `--port=${PORTS.console}`,
          `--health-port=${PORTS.health}`,
          ...itemsIf(own.externalUrl, [formatted('--external-url=%s', own.externalUrl)]),
          ...itemsIf(own.tlsSecret, [
            `--tls-cert=${TLS_FOLDER}/tls.crt`,
            `--tls-key=${TLS_FOLDER}/tls.key`,
          ]),
          ...itemsIf(own.oidc.issuer, [
            '--sign-in=oidc',
            formatted('--oidc-issuer=%s', own.oidc.issuer),
            formatted('--oidc-client-id=%s', own.oidc.clientId),
          ]),
          ...itemsIf(own.oidc.clientSecret, [
            `--oidc-client-secret-file=${OIDC_FOLDER}/client-secret`,
          ]),
          ...itemsIf(own.kubeconfigSecret, [`--kubeconfig=${KUBECONFIG_FOLDER}/config`]),
        ],
        ...filled('args', own.args),
        ports: [
          { name: 'console', containerPort: PORTS.console },
          { name: 'health', containerPort: PORTS.health },
        ],
        ...PROBES,
        resources: own.resources,
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [
          { name: 'cluster-ca', mountPath: CA_FOLDER, readOnly: true },
          ...itemsIf(own.tlsSecret, [{ name: 'tls', mountPath: TLS_FOLDER, readOnly: true }]),
          ...itemsIf(own.oidc.clientSecret, [
            { name: 'oidc', mountPath: OIDC_FOLDER, readOnly: true },
          ]),
          ...itemsIf(own.kubeconfigSecret, [
            { name: 'clusters', mountPath: KUBECONFIG_FOLDER, readOnly: true },
          ]),
        ],
      },
    ],
    volumes: [
      {
        name: 'cluster-ca',
        // Kubernetes keeps it in every namespace.
        configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
      },
      ...secretVolume('tls', own.tlsSecret),
      ...secretVolume('oidc', own.oidc.clientSecret),
      ...secretVolume('clusters', own.kubeconfigSecret),
    ],
  }
}

function secretVolume(name: string, secretName: Setting<string>): readonly unknown[] {
  return itemsIf(secretName, [{ name, secret: { secretName } }])
}
