import { RESTRICTED } from './mesh.ts'
import { PORTS } from './ports.ts'

export interface JobOptions {
  readonly name: string
  /** An image with Node. */
  readonly image: string
}

/** What the job's program answers to /finish before it ends: with 0, or with 1 when it lost some. */
export interface JobReport {
  readonly sent: number
  readonly lost: number
}

/**
 * A Job that works through its sidecar from its first breath to its last: it sends requests to itself
 * through the proxy, one after the other, until it is told to finish.
 */
export function jobManifests({ name, image }: JobOptions): readonly object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: name },
      spec: {
        backoffLimit: 0,
        template: {
          metadata: { labels: { app: name } },
          spec: {
            restartPolicy: 'Never',
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            containers: [
              {
                name: 'work',
                image,
                command: ['/usr/local/bin/node', '-e', program],
                securityContext: RESTRICTED,
                resources: {
                  requests: { cpu: '20m', memory: '64Mi' },
                  limits: { cpu: '1', memory: '256Mi' },
                },
              },
            ],
          },
        },
      },
    },
  ]
}

const program = `
const http = require('node:http')
let sent = 0, lost = 0
const through = { host: '127.0.0.1', port: ${PORTS.http}, agent: false, timeout: 5000 }
const next = () => setTimeout(send, 5)
function send() {
  sent += 1
  const failed = () => { lost += 1; next() }
  const request = http.get(through, (answer) => {
    answer.resume()
    answer.once('end', () => { if (answer.statusCode !== 200) lost += 1; next() })
  })
  request.once('timeout', () => request.destroy(new Error('no answer')))
  request.once('error', failed)
}
http.createServer((request, answer) => {
  if (request.url !== '/finish') { answer.end('done'); return }
  answer.end(JSON.stringify({ sent, lost }), () => process.exit(lost === 0 ? 0 : 1))
}).listen(${PORTS.app}, send)
`
