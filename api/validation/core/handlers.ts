import type { V1HTTPGetAction, V1LifecycleHandler, V1Probe } from '@kubernetes/client-node'
import type { Wire } from '../../wire.ts'
import { choiceViolations } from '../choice.ts'
import type { PlacedContainer } from '../placedContainer.ts'
import { isPort } from '../ports.ts'
import type { Violation } from '../violation.ts'
import { wholeNumberViolations } from '../wholeNumber.ts'
import { unionViolations } from './present.ts'

type Probe = Wire<V1Probe>
type Handler = Wire<V1LifecycleHandler>

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const

/** Probes and hooks that a pod would be refused for; ports of probes are checked in ports.ts. */
export function handlerViolations({ path, container }: PlacedContainer): readonly Violation[] {
  const { lifecycle, upgradeStrategy } = container
  const healthCheck = upgradeStrategy?.handover?.healthCheck
  return [
    ...PROBES.flatMap((key) => probeOf(`${path}.${key}`, container[key], key)),
    ...probeOf(`${path}.upgradeStrategy.handover.healthCheck`, healthCheck, 'readinessProbe'),
    ...(['postStart', 'preStop'] as const).flatMap((key) =>
      hookOf(`${path}.lifecycle.${key}`, lifecycle?.[key]),
    ),
  ]
}

function probeOf(
  field: string,
  probe: Probe | undefined,
  kind: (typeof PROBES)[number],
): readonly Violation[] {
  if (probe === undefined) return []
  const { terminationGracePeriodSeconds: grace, successThreshold } = probe
  return [
    ...unionViolations(field, probe, ['httpGet', 'tcpSocket', 'grpc', 'exec']),
    ...requestOf(`${field}.httpGet`, probe.httpGet),
    ...commandOf(`${field}.exec.command`, probe.exec),
    ...wholeNumberViolations(field, probe, {
      initialDelaySeconds: 0,
      timeoutSeconds: 0,
      periodSeconds: 0,
      successThreshold: 0,
      failureThreshold: 0,
      terminationGracePeriodSeconds: 1,
    }),
    ...(kind === 'readinessProbe' && grace !== undefined
      ? [
          {
            field: `${field}.terminationGracePeriodSeconds`,
            value: grace,
            problem: 'this probe ends no container',
            remedy: 'leave it out',
          },
        ]
      : []),
    ...(kind !== 'readinessProbe' && (successThreshold ?? 1) > 1
      ? [
          {
            field: `${field}.successThreshold`,
            value: successThreshold,
            problem: 'one success is enough for this probe',
            remedy: 'leave it out, or use 1',
          },
        ]
      : []),
  ]
}

function hookOf(field: string, hook: Handler | undefined): readonly Violation[] {
  if (hook === undefined) return []
  const { httpGet, exec, sleep } = hook
  const port = httpGet?.port as unknown
  return [
    ...unionViolations(field, hook, ['exec', 'httpGet', 'sleep', 'tcpSocket']),
    ...requestOf(`${field}.httpGet`, httpGet),
    ...(httpGet === undefined || isPort(port) || (typeof port === 'string' && port !== '')
      ? []
      : [
          {
            field: `${field}.httpGet.port`,
            value: port,
            problem: 'this is no port',
            remedy: 'give its number, or its name in ports',
          },
        ]),
    ...commandOf(`${field}.exec.command`, exec),
    ...(sleep === undefined ? [] : wholeNumberViolations(`${field}.sleep`, sleep, { seconds: 0 })),
  ]
}

function commandOf(
  field: string,
  exec: { readonly command?: readonly string[] } | undefined,
): readonly Violation[] {
  if (exec === undefined || (exec.command ?? []).length > 0) return []
  const problem = 'there is no program to run'
  return [{ field, value: exec.command, problem, remedy: 'name one, such as [/bin/ready]' }]
}

const HEADER = /^[-A-Za-z0-9]+$/

function requestOf(
  field: string,
  request: Wire<V1HTTPGetAction> | undefined,
): readonly Violation[] {
  if (request === undefined) return []
  const headers = (request.httpHeaders ?? []).flatMap(
    ({ name }: { readonly name?: string }, index) => {
      if (name !== undefined && HEADER.test(name)) return []
      const remedy = "use letters, digits and '-', such as X-Header-Name"
      const header = `${field}.httpHeaders[${index}].name`
      return [{ field: header, value: name, problem: 'no header can have this name', remedy }]
    },
  )
  return [...choiceViolations(`${field}.scheme`, request.scheme, ['HTTP', 'HTTPS']), ...headers]
}
