import type { KubeConfig } from '@kubernetes/client-node'
import { PortForward } from '@kubernetes/client-node'
import type { Duplex } from 'node:stream'
import { duplexPair } from 'node:stream'
import type { ObjectRef } from '../../runtime/client/objects.ts'
import { CliError } from '../cliError.ts'

/** A connection to a port of a pod, by way of the API server. */
export interface Forwarded {
  readonly stream: Duplex
  close(): void
}

/**
 * Connects to a port of a pod with the user's own rights (`create pods/portforward`): the kubelet
 * makes the connection, so no network policy is in its way.
 * Errors: CliError Forbidden when the user may not; Unavailable when there is no way to the pod.
 */
export async function forwardTo(
  kubeConfig: KubeConfig,
  { namespace = '', name }: ObjectRef,
  port: number,
): Promise<Forwarded> {
  const [stream, other] = duplexPair()
  try {
    const forward = new PortForward(kubeConfig)
    const made: unknown = await forward.portForward(namespace, name, [port], other, null, other)
    // Its types are those of a package that has none here; without retries it is a WebSocket.
    const socket = made as Pick<WebSocket, 'close' | 'onclose'>
    socket.onclose = () => other.end()
    return {
      stream,
      close: () => {
        stream.destroy()
        socket.close()
      },
    }
  } catch (error) {
    throw refusal(`${namespace}/${name}`, error)
  }
}

function refusal(pod: string, error: unknown): CliError {
  const seen = (error as { readonly message?: unknown } | undefined)?.message
  const message = typeof seen === 'string' ? seen : String(error)
  // The library tells an answer that is no switch of protocols by its number alone.
  if (/\b40[13]\b/.test(message)) {
    return new CliError({
      exit: 'forbidden',
      reason: 'Forbidden',
      message: `no connection to pod ${pod} may be made: it needs create pods/portforward`,
      cause: error,
    })
  }
  return new CliError({
    exit: 'unavailable',
    reason: 'Unavailable',
    message: `the API server makes no connection to pod ${pod}: ${message}`,
    cause: error,
  })
}
