import type { JsonPatchOperation } from '../../runtime/client/options.ts'

const PROXY = '/spec/proxy'
const CONTAINERS = '/spec/containers'
const SECRETS = '/spec/imagePullSecrets'

/** An operation on the set that a gateway amounts to, as one on the gateway. */
export function ofGateway(operation: JsonPatchOperation): JsonPatchOperation {
  const { path } = operation
  if (path === CONTAINERS && 'value' in operation) {
    // The one container of the set is the proxy.
    const [proxy] = operation.value as readonly unknown[]
    return { ...operation, path: PROXY, value: proxy }
  }
  if (path.startsWith(`${CONTAINERS}/0`)) {
    return { ...operation, path: path.replace(`${CONTAINERS}/0`, PROXY) }
  }
  if (path === SECRETS) return { ...operation, path: '/spec/template/imagePullSecrets' }
  return operation
}
