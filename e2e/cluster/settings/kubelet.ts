import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import type { NetworkPlan } from '../plan.ts'

/** The KubeletConfiguration: defaults wherever the node being a part of a machine allows it. */
export function kubeletConfig({ pki }: Layout, plan: NetworkPlan): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(pki, 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: join(pki, 'kubelet-server.crt'),
    tlsPrivateKeyFile: join(pki, 'kubelet-server.key'),
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${plan.cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    // Lets it live without the right to raise limits and to write sysctls of the machine.
    featureGates: { KubeletInUserNamespace: true },
    volumePluginDir: '/var/lib/kubelet/volumeplugins',
    // The disk is the machine's: its filling up must neither evict pods nor remove the images that
    // were imported, which nobody could pull again.
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '0%',
      'nodefs.inodesFree': '0%',
      'imagefs.available': '0%',
      'imagefs.inodesFree': '0%',
    },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    clusterDomain: 'cluster.local',
    clusterDNS: [plan.dnsAddress],
    // The host's may be a link into its /run, which the node does not see.
    resolvConf: '',
  }
}
