import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import type { NetworkPlan } from '../plan.ts'

/** The programs of a node, as `restartDaemon` names them. */
export const daemonNames = [
  'containerd',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
] as const
export type DaemonName = (typeof daemonNames)[number]

export interface DaemonOptions {
  readonly layout: Layout
  readonly plan: NetworkPlan
  readonly nodeName: string
  /** The folder with the Kubernetes programs. */
  readonly programs: string
}

/** The command line of each daemon. */
export function daemons(options: DaemonOptions): Readonly<Record<DaemonName, readonly string[]>> {
  const { layout, plan, nodeName, programs } = options
  const settings = (name: string) => join(layout.settings, name)
  return {
    containerd: ['containerd', '--config', settings('containerd.toml')],
    etcd: etcd(programs),
    'kube-apiserver': apiServer(options),
    'kube-controller-manager': controllerManager(options),
    'kube-scheduler': [
      join(programs, 'kube-scheduler'),
      ...kubeconfigFlags(layout, 'kube-scheduler'),
      '--leader-elect=false',
    ],
    kubelet: [
      join(programs, 'kubelet'),
      `--config=${settings('kubelet.yaml')}`,
      `--kubeconfig=${join(layout.pki, 'kubelet.kubeconfig')}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${plan.nodeAddress}`,
    ],
    'kube-proxy': [join(programs, 'kube-proxy'), `--config=${settings('kube-proxy.yaml')}`],
  }
}

/**
 * What a daemon must be able to read before it starts. Without its rights, which come some time
 * after the API server's port, the controller manager ends and kube-proxy backs off: either would
 * make the cluster late by 4 s.
 */
const firstRead: Partial<Record<DaemonName, string>> = {
  'kube-controller-manager': '/readyz',
  'kube-proxy': '/api/v1/services?limit=1',
}

/** A script that becomes the daemon, as soon as the daemon can work. */
export function daemonScript(
  name: DaemonName,
  argv: readonly string[],
  { layout, plan, programs }: DaemonOptions,
): string {
  const lines = ['#!/bin/bash']
  if (!['containerd', 'etcd', 'kube-apiserver'].includes(name)) {
    lines.push(until(`(: < /dev/tcp/${plan.nodeAddress}/6443)`))
  }
  const path = firstRead[name]
  if (path !== undefined) {
    const kubeconfig = `--kubeconfig=${join(layout.pki, `${name}.kubeconfig`)}`
    const kubectl = [join(programs, 'kubectl'), kubeconfig, 'get', `--raw=${path}`]
    lines.push(until(kubectl.map(quote).join(' ')))
  }
  return [...lines, `exec ${argv.map(quote).join(' ')}`, ''].join('\n')
}

function until(command: string): string {
  return `until ${command} > /dev/null 2>&1; do sleep 0.2; done`
}

function etcd(programs: string): string[] {
  return [
    join(programs, 'etcd'),
    '--data-dir=/var/lib/etcd',
    // Nothing in here outlives the node.
    '--unsafe-no-fsync',
    '--log-level=warn',
    '--listen-client-urls=http://127.0.0.1:2379',
    '--advertise-client-urls=http://127.0.0.1:2379',
    '--listen-peer-urls=http://127.0.0.1:2380',
  ]
}

function apiServer({ layout, plan, programs }: DaemonOptions): string[] {
  const pki = (name: string) => join(layout.pki, name)
  return [
    join(programs, 'kube-apiserver'),
    '--etcd-servers=http://127.0.0.1:2379',
    '--secure-port=6443',
    `--advertise-address=${plan.nodeAddress}`,
    `--service-cluster-ip-range=${plan.serviceCidr}`,
    '--allow-privileged=true',
    '--authorization-mode=Node,RBAC',
    `--authentication-config=${layout.authentication}`,
    '--enable-admission-plugins=NodeRestriction',
    `--client-ca-file=${pki('ca.crt')}`,
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    `--kubelet-client-certificate=${pki('apiserver-kubelet.crt')}`,
    `--kubelet-client-key=${pki('apiserver-kubelet.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki('service-account.pub')}`,
    `--service-account-signing-key-file=${pki('service-account.key')}`,
    `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-username-headers=X-Remote-User',
    `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy.key')}`,
  ]
}

function controllerManager({ layout, programs }: DaemonOptions): string[] {
  const pki = (name: string) => join(layout.pki, name)
  return [
    join(programs, 'kube-controller-manager'),
    ...kubeconfigFlags(layout, 'kube-controller-manager'),
    '--leader-elect=false',
    '--use-service-account-credentials',
    // It begins by making some 40 service accounts and tokens: 4 s with the default of 20 a second.
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    `--root-ca-file=${pki('ca.crt')}`,
    `--service-account-private-key-file=${pki('service-account.key')}`,
    `--cluster-signing-cert-file=${pki('ca.crt')}`,
    `--cluster-signing-key-file=${pki('ca.key')}`,
    // The only node's pod network is in the CNI configuration.
    '--controllers=*,-node-ipam-controller',
    // Not the default of 15 s: tests wait for it.
    '--horizontal-pod-autoscaler-sync-period=2s',
  ]
}

function kubeconfigFlags({ pki }: Layout, user: DaemonName): string[] {
  const file = join(pki, `${user}.kubeconfig`)
  return ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
    (flag) => `--${flag}=${file}`,
  )
}

function quote(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`
}
