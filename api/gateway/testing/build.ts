import type { StoredIngressGateway } from '../../v1beta1/kinds.ts'

/** A gateway with a proxy on port 8080, and what is given. */
export function gatewayWith(spec: object = {}, name = 'edge'): StoredIngressGateway {
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'IngressGateway',
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, generation: 1 },
    spec: {
      proxy: { name: 'proxy', image: 'envoy:v1', command: ['envoy'] },
      service: { ports: [{ port: 80, targetPort: 8080 }] },
      ...spec,
    },
  }
}
