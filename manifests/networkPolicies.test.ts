import { expect } from 'chai'
import { AGENT_PORT } from '../api/group.ts'
import { OPERATOR, PORTS, WEBHOOK } from '../api/installation.ts'
import { renderInstall } from './generate.ts'
import { labelsOf } from './names.ts'
import type { Connection, End, Policy } from './testing/connections.ts'
import { passes } from './testing/connections.ts'
import { parseObjects } from './testing/installed.ts'

const policies = parseObjects(renderInstall())
  .filter(({ kind }) => kind === 'NetworkPolicy')
  .map((object) => object as unknown as Policy)

const own = { 'kubernetes.io/metadata.name': 'baton-system' }
const operator: End = { labels: labelsOf(OPERATOR), namespaceLabels: own }
const webhook: End = { labels: labelsOf(WEBHOOK), namespaceLabels: own }
const app: End = { labels: { app: 'shop' }, namespaceLabels: { team: 'a' } }
const dns: End = { labels: { 'k8s-app': 'kube-dns' }, namespaceLabels: {} }
const prometheus: End = { labels: { app: 'prometheus' }, namespaceLabels: {} }
const node: End = { address: '10.0.0.1' }

const tcp = (from: End, to: End, port: number): Connection => ({ from, to, protocol: 'TCP', port })

describe('the network policies', () => {
  const needed: Readonly<Record<string, Connection>> = {
    'the operator asks an agent': tcp(operator, app, AGENT_PORT),
    'the operator asks the API server': tcp(operator, node, 6443),
    'the webhook asks the API server behind port 443': tcp(webhook, node, 443),
    'the API server asks the webhook': tcp(node, webhook, PORTS.webhook),
    'the kubelet probes the operator': tcp(node, operator, PORTS.health),
    'the kubelet probes the webhook': tcp(node, webhook, PORTS.health),
    'Prometheus scrapes the operator': tcp(prometheus, operator, PORTS.metrics),
    'Prometheus scrapes the webhook': tcp(prometheus, webhook, PORTS.metrics),
    'Prometheus scrapes an agent': tcp(prometheus, app, AGENT_PORT),
    'the operator asks for a name': { from: operator, to: dns, protocol: 'UDP', port: 53 },
    'an app asks another': tcp(app, app, 8080),
  }
  for (const [title, connection] of Object.entries(needed))
    it(`let pass: ${title}`, () => {
      expect(passes(policies, connection)).to.equal(true)
    })

  const others: Readonly<Record<string, Connection>> = {
    'the operator to the app itself': tcp(operator, app, 8080),
    'the operator to a host at the port of agents': tcp(operator, node, AGENT_PORT),
    'the webhook to an agent': tcp(webhook, app, AGENT_PORT),
    'the webhook to anywhere': tcp(webhook, { address: '192.0.2.1' }, 80),
    'an app to another port of the operator': tcp(app, operator, 22),
    'an app to another port of the webhook': tcp(app, webhook, 22),
  }
  for (const [title, connection] of Object.entries(others))
    it(`stop: ${title}`, () => {
      expect(passes(policies, connection)).to.equal(false)
    })

  it('would stop everything if they had no rules', () => {
    const bare = policies.map(({ spec }) => ({ spec: { ...spec, ingress: [], egress: [] } }))
    const own = Object.values(needed).filter((one) => !isForOthers(one))
    expect(own.map((one) => passes(bare, one))).to.deep.equal(own.map(() => false))
  })
})

function isForOthers({ from, to }: Connection): boolean {
  return ![from, to].some((end) => end === operator || end === webhook)
}
