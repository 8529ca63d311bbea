import { buildImage, writeArchive } from '../../../build/images/oci.ts'
import type { OciImage } from '../../../build/images/oci.ts'
import type { Cluster } from '../handle.ts'
import { run } from '../run.ts'

/** An image of one small program: a web server on port 8080 that answers `text`, as uid 1000. */
export function webImage(name: string, text: string): OciImage {
  return buildImage({
    name,
    files: {
      '/bin/busybox': { fromHost: '/bin/busybox' },
      '/www/index.html': { text },
    },
    entrypoint: ['/bin/busybox'],
    cmd: ['httpd', '-f', '-p', '8080', '-h', '/www'],
    user: '1000',
  })
}

/** The same as an archive file; answers the file. */
export function webArchive(name: string, text: string, file: string): string {
  writeArchive(webImage(name, text), file)
  return file
}

/** Runs the cluster's kubectl as its administrator; answers what it printed. */
export async function kubectl(
  cluster: Cluster,
  args: readonly string[],
  input?: object,
): Promise<string> {
  const argv = [cluster.kubectlPath, `--kubeconfig=${cluster.kubeconfigPath}`, ...args]
  const json = input === undefined ? {} : { input: JSON.stringify(input) }
  return (await run(argv, { timeoutMs: 60_000, ...json })).stdout
}

/** Makes a pod and waits until it is Ready. */
export async function runPod(cluster: Cluster, name: string, image: string): Promise<void> {
  const readinessProbe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 }
  await kubectl(cluster, ['apply', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name, image, imagePullPolicy: 'IfNotPresent', readinessProbe }],
    },
  })
  await kubectl(cluster, ['wait', '--for=condition=Ready', `pod/${name}`, '--timeout=40s'])
}

/** One field of a pod, by its JSON path. */
export async function podField(cluster: Cluster, name: string, path: string): Promise<string> {
  return await kubectl(cluster, ['get', 'pod', name, `-o=jsonpath={${path}}`])
}
