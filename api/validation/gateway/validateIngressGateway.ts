import { setSpecOfGateway } from '../../gateway/subject.ts'
import type { IngressGateway } from '../../v1beta1/ingressgateway.ts'
import { validateSidecarSet } from '../validateSidecarSet.ts'
import type { Violation } from '../violation.ts'
import { wholeNumberViolations } from '../wholeNumber.ts'
import { gatewayProxyViolations } from './gatewayProxy.ts'
import { gatewayServiceViolations } from './gatewayService.ts'
import { gatewayTemplateViolations } from './gatewayTemplate.ts'

/** As names of Services (RFC 1035): they are names in the DNS. */
const NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const LONGEST_NAME = 63

/**
 * Everything wrong with a gateway by itself; empty when it can be used. It must have the types of its
 * schema; defaults need not be filled in.
 */
export function validateIngressGateway(gateway: IngressGateway): readonly Violation[] {
  const { metadata, spec } = gateway
  return [
    ...nameViolations(metadata.name ?? ''),
    ...wholeNumberViolations('spec', spec, { replicas: 0 }),
    ...gatewayProxyViolations(spec.proxy),
    ...rolloutViolations(gateway),
    ...gatewayTemplateViolations(spec.template ?? {}),
    ...gatewayServiceViolations(spec.service, spec.proxy),
  ]
}

function nameViolations(name: string): readonly Violation[] {
  if (NAME.test(name) && name.length <= LONGEST_NAME) return []
  const problem = 'the Service of the gateway has its name, and no Service can be called so'
  const remedy = `use at most ${LONGEST_NAME} lower-case letters, digits and '-', a letter first and no '-' last`
  return [{ field: 'metadata.name', value: name, problem, remedy }]
}

/** What is wrong with the set that the gateway amounts to, told of the gateway's own fields. */
function rolloutViolations(gateway: IngressGateway): readonly Violation[] {
  return validateSidecarSet({
    apiVersion: gateway.apiVersion,
    kind: 'SidecarSet',
    metadata: { name: 'gateway' },
    spec: setSpecOfGateway(gateway),
  }).map((violation) => ({ ...violation, field: fieldOfGateway(violation.field) }))
}

function fieldOfGateway(field: string): string {
  return field
    .replace(/^spec\.containers\[0\]/, 'spec.proxy')
    .replace(/^spec\.imagePullSecrets/, 'spec.template.imagePullSecrets')
}
