import { parseArgs } from 'node:util'
import { formatTable } from '../../../cli/table.ts'
import { NAMESPACES } from '../../../runtime/client/kinds.ts'
import { openEnvironment } from '../../environment/environment.ts'
import { installBaton } from '../../environment/install.ts'
import type { RotationRow } from './measure.ts'
import { measureRotation } from './measure.ts'
import { Rollout } from '../../observe/rollout.ts'
import { applyAll } from '../../workload/deploy.ts'
import { NAMESPACE, sets } from '../admission/targets.ts'

const HELP = `npm run bench:rotation -- [--pods N] [--json]

Pods are created (dryRun=All, on a cluster of its own, every one injected by the webhook) while the CA
of the webhook's certificates is rotated every few seconds; and, as a control, while it is replaced at
once. Ends with code 0 only if the rotations cost no admission and the control did.

  --pods N   pods of the first part (10000); the control creates a quarter of it

Examples
  npm run bench:rotation
  npm run --silent bench:rotation -- --pods 2000 --json > rotation.json
`

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    pods: { type: 'string', default: '10000' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help === true) {
  process.stdout.write(HELP)
  process.exit(0)
}
const log = (line: string): void => {
  process.stderr.write(`${line}\n`)
}
const pods = Number(values.pods)
if (!Number.isInteger(pods) || pods < 100) {
  log(`--pods is '${values.pods}'; give a whole number of at least 100`)
  process.exit(2)
}
const environment = await openEnvironment({ name: 'bench', log })
try {
  const { client, kubectl, product, workloads } = environment
  const certificates = { caLifetimeSeconds: 60, lifetimeSeconds: 60, overlapSeconds: 2 }
  await installBaton({ client, kubectl, product, log, certificates })
  await client.resource(NAMESPACES).create({ metadata: { name: NAMESPACE } })
  await applyAll(environment, sets(workloads.envoy('1.40.0')))
  await new Rollout(client, 'bench-hot').condition('Available', 'WebhookConfigured', 30_000)
  const rows = [
    await measureRotation(client, { kind: 'baton', pods }),
    await measureRotation(client, { kind: 'control', pods: Math.ceil(pods / 4) }),
  ]
  process.stdout.write(
    values.json ? `${JSON.stringify({ name: 'rotation', rows }, null, 2)}\n` : `${table(rows)}\n`,
  )
  const good = rows.every(({ kind, failed, rotations }) =>
    kind === 'control' ? failed > 0 : failed === 0 && rotations > 0,
  )
  if (!good) process.exitCode = 1
} finally {
  await environment.close()
}

function table(rows: readonly RotationRow[]): string {
  return formatTable(
    ['CA', 'PODS', 'FAILED', 'ROTATIONS', 'SECONDS'],
    rows.map((row) => [
      row.name,
      String(row.created + row.failed),
      String(row.failed),
      String(row.rotations),
      row.seconds.toFixed(1),
    ]),
  )
}
