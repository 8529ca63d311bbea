import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import type { IngressGatewaySpec } from '../../../api/v1beta1/ingressgateway.ts'
import type { StoredIngressGateway } from '../../../api/v1beta1/kinds.ts'
import { gatewayDeployment } from '../deployment.ts'
import { TEMPLATE_ANNOTATION } from '../keptTemplate.ts'
import { gatewayService } from '../service.ts'

/**
 * A golden file is a stream of YAML documents: a line of description and the spec of a gateway, and
 * after it the Deployment and the Service that the gateway gets.
 */
export interface GoldenFile {
  readonly file: URL
  readonly name: string
  readonly gateway: StoredIngressGateway
  readonly given: string
  /** Text of the part that the operator makes. */
  readonly expected: string
}

const FOLDER = new URL('../golden/', import.meta.url)
const MARK = '--- # Deployment and Service\n'

export function goldenFiles(): readonly GoldenFile[] {
  return readdirSync(FOLDER)
    .sort()
    .map((name) => {
      const file = new URL(name, FOLDER)
      const [given = '', expected = ''] = readFileSync(file, 'utf8').split(MARK)
      const gateway: StoredIngressGateway = {
        apiVersion: 'baton.dev/v1beta1',
        kind: 'IngressGateway',
        metadata: { name: 'edge', namespace: 'shop', uid: 'uid-edge', generation: 1 },
        spec: parse(given) as IngressGatewaySpec,
      }
      return { file, name: /^# (.+)/.exec(given)?.[1] ?? name, gateway, given, expected }
    })
}

export function renderGolden({ gateway }: GoldenFile): string {
  const deployment = gatewayDeployment({
    ...{ gateway, existing: undefined, revisions: [], agentImage: 'baton.dev/agent:v0.1.0' },
    nowMs: Date.UTC(2025, 0, 2, 3, 4, 5),
  })
  if (typeof deployment === 'string') return `${deployment}\n`
  const { metadata, spec } = deployment
  const { annotations, ...rest } = metadata
  const options = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const
  // The template stands in the annotation a second time: here it is enough that it does.
  const isKept = annotations?.[TEMPLATE_ANNOTATION]?.includes(JSON.stringify(spec?.template))
  const shown = { metadata: { ...rest, keepsTemplate: isKept }, spec }
  return `${stringify(shown, options)}---\n${stringify(gatewayService(gateway), options)}`
}

export function writeGolden(golden: GoldenFile): void {
  writeFileSync(golden.file, golden.given + MARK + renderGolden(golden))
}
