import { mkdir, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { authenticationConfig } from './authentication.ts'
import { cniConfig, containerdConfig, registryHosts, registryName } from './containerd.ts'
import { daemonNames, daemonScript, daemons } from './daemons.ts'
import type { DaemonOptions } from './daemons.ts'
import { kubeProxyConfig } from './kubeProxy.ts'
import { kubeletConfig } from './kubelet.ts'

/** From statfs(2): the file system of a container's own files. */
const overlayMagic = 0x794c7630

/** Writes the configuration files and start scripts of all daemons. */
export async function writeSettings(
  options: DaemonOptions & { readonly cniPluginDir: string },
): Promise<void> {
  const { layout, plan, nodeName, cniPluginDir } = options
  const [cniDir, registryDir] = [join(layout.settings, 'cni'), join(layout.settings, 'registries')]
  const testRegistryDir = join(registryDir, registryName)
  await mkdir(cniDir, { recursive: true })
  await mkdir(testRegistryDir, { recursive: true })
  const { type } = await statfs(layout.varLib)
  const snapshotter = type === overlayMagic ? 'native' : 'overlayfs'
  const containerd = containerdConfig({ cniPluginDir, cniDir, registryDir, snapshotter })
  const commands = daemons(options)
  await Promise.all([
    writeFile(join(layout.settings, 'containerd.toml'), containerd),
    writeFile(layout.authentication, authenticationConfig([])),
    writeFile(join(layout.settings, 'kubelet.yaml'), stringify(kubeletConfig(layout, plan))),
    writeFile(
      join(layout.settings, 'kube-proxy.yaml'),
      stringify(kubeProxyConfig(layout, plan, nodeName)),
    ),
    writeFile(join(cniDir, '10-baton.conflist'), JSON.stringify(cniConfig(plan))),
    writeFile(
      join(testRegistryDir, 'hosts.toml'),
      registryHosts(`http://${plan.hostAddress}:5000`),
    ),
    ...daemonNames.map((name) =>
      writeFile(join(layout.daemons, name), daemonScript(name, commands[name], options), {
        mode: 0o755,
      }),
    ),
  ])
}
