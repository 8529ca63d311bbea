import { KubeConfig } from '@kubernetes/client-node'
import { createInformer } from '../../../../runtime/cache/informer.ts'
import { createClient } from '../../../../runtime/client/client.ts'
import { PODS } from '../../../../runtime/client/kinds.ts'
import { createLogger } from '../../../../runtime/logging/logger.ts'
import { createTransport } from '../../../../runtime/transport/transport.ts'
import { startAgents } from './agents.ts'
import { createKubelets } from './kubelet.ts'
import { readNodeSettings } from './settings.ts'

/** The program that plays all nodes of the benchmark and all agents in their pods. */
const { kubeconfig, restartMs, pullMs, handoverMs } = readNodeSettings(process.env)
const kubeConfig = new KubeConfig()
kubeConfig.loadFromFile(kubeconfig)
const transport = createTransport({ kubeConfig, userAgent: 'kubelet', fieldManager: 'kubelet' })
const pods = createClient({ transport }).resource(PODS)
const kubelets = createKubelets({ pods, restartMs, pullMs })
const informer = createInformer({ resource: pods, logger: createLogger({ level: 'warn' }) })
informer.onChange((key, _before, after) => {
  if (after === undefined) kubelets.forget(key)
  else kubelets.see(after)
})
await startAgents({ byAddress: (ip) => kubelets.byAddress(ip), handoverMs })
await informer.run(new AbortController().signal)
