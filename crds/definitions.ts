import { ingressGatewayDefinition } from './ingressGateway.ts'
import { sidecarSetDefinition } from './sidecarSet.ts'
import { trafficInterceptionDefinition } from './trafficInterception.ts'

/** The CustomResourceDefinitions of all our kinds, in the order of installation. */
export const definitions = [
  sidecarSetDefinition,
  trafficInterceptionDefinition,
  ingressGatewayDefinition,
] as const
