import type { Pod } from '../../../../runtime/client/kinds.ts'
import type { ControlPlane } from '../plane/controlPlane.ts'
import type { Daemon } from '../plane/daemon.ts'
import type { RolloutRow } from '../row.ts'

export const POD_NAMESPACE = 'bench'

/** How far a rollout has come. */
export interface Progress {
  readonly upgraded: number
  readonly done: boolean
  /** What the set says of itself. */
  readonly says: string
}

/** What is measured: an operator with its SidecarSet, on a control plane of its own. */
export interface Product {
  readonly name: string
  readonly kind: RolloutRow['kind']
  /** As audit logs know it. */
  readonly user: string
  /** Installs it and its set with version 1, and starts it; then pods may be created. */
  install(plane: ControlPlane): Promise<InstalledProduct>
}

export interface InstalledProduct {
  /** The process whose use of processor and memory counts. */
  readonly operator: Daemon
  /** Sets the image to that version, and how many pods may change at a time. */
  order(version: number, maxUnavailable: string): Promise<void>
  /** By the set's own status: what a user would wait for. */
  progress(pods: number): Promise<Progress>
}

export function imageOf(version: number): string {
  return `registry.example/proxy:${version}`
}

/** Pods to a node: the kubelet's default is 110. */
const PODS_A_NODE = 100

/** One pod of the app before injection, as a Deployment's would be, bound to its node. */
export function appPod(index: number): Pod {
  const name = `shop-7f9c6d5b8-${String(index).padStart(5, '0')}`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: POD_NAMESPACE,
      labels: { app: 'shop', 'pod-template-hash': '7f9c6d5b8' },
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' },
    },
    spec: {
      nodeName: `node-${Math.floor(index / PODS_A_NODE)}`,
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'app',
          image: 'registry.example/shop:1',
          env: Array.from({ length: 12 }, (_, at) => ({
            name: `SETTING_${at}`,
            value: `value ${at}`,
          })),
          ports: [{ name: 'http', containerPort: 8080 }],
          resources: {
            requests: { cpu: '100m', memory: '128Mi' },
            limits: { cpu: '1', memory: '512Mi' },
          },
        },
      ],
    },
  }
}
