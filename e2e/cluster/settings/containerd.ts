import type { NetworkPlan } from '../plan.ts'

/** The name under which pods ask for images of the registry that a test runs on the host. */
export const registryName = 'registry.baton.test:5000'

/** The image of the process that holds a pod's namespaces; see pause.ts. */
export const pauseImage = 'localhost/baton-pause:1'

export interface ContainerdSettings {
  readonly cniPluginDir: string
  /** The folder with the network configuration. */
  readonly cniDir: string
  /** The folder with one folder per registry; see registryHosts. */
  readonly registryDir: string
  /** `native` copies every layer, but works on any file system; overlayfs not on an overlay. */
  readonly snapshotter: 'overlayfs' | 'native'
}

// Each would only log that it cannot be used here.
const unusedSnapshotters = ['aufs', 'btrfs', 'devmapper', 'zfs']
  .map((name) => `"io.containerd.snapshotter.v1.${name}"`)
  .join(', ')

/** containerd's configuration file (TOML, version 2: read by containerd 1.6 and later 1.x). */
export function containerdConfig(settings: ContainerdSettings): string {
  const { cniPluginDir, cniDir, registryDir, snapshotter } = settings
  return `version = 2
disabled_plugins = [${unusedSnapshotters}]

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Without CAP_SYS_RESOURCE nobody may lower the score.
  restrict_oom_score_adj = true
  # Where there is AppArmor, the profile would stay loaded in the machine's kernel.
  disable_apparmor = true
  # Else the network namespaces of pods would be mounted in the host's /var/run/netns.
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${cniPluginDir}"
    conf_dir = "${cniDir}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${registryDir}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${snapshotter}"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd-opt"
`
}

/** The hosts.toml of a registry whose name is not its address, and which speaks plain HTTP. */
export function registryHosts(address: string): string {
  return `server = "${address}"

[host."${address}"]
  capabilities = ["pull", "resolve"]
`
}

/**
 * The CNI network: one point-to-point link per pod. Unlike with a bridge all traffic is routed, so
 * services work between pods of one node without the kernel module br_netfilter.
 */
export function cniConfig({ podCidr }: NetworkPlan): object {
  const ipam = { type: 'host-local', subnet: podCidr, routes: [{ dst: '0.0.0.0/0' }] }
  return {
    cniVersion: '1.0.0',
    name: 'baton',
    plugins: [
      { type: 'ptp', ipMasq: false, ipam },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  }
}
