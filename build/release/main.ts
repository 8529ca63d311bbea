import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { RELEASE_VERSION } from '../../manifests/version.ts'
import { duration } from '../setup/duration.ts'
import { ARCHITECTURE, makeRelease } from './release.ts'

const HELP = `npm run release -- [--out FOLDER]

Makes everything that a release of Baton consists of, into dist/release: install.yaml, monitoring.yaml,
console.yaml, the Helm chart, rules and dashboards as files, the images as OCI archives, kubectl-baton with its
completion, as a package for npm and with a manifest for krew, a bill of materials (CycloneDX) and
SHA256SUMS. The same sources give the same bytes.

Example
  npm run release
  (cd dist/release && sha256sum --check SHA256SUMS)
  skopeo copy oci-archive:dist/release/baton-agent-${RELEASE_VERSION}-linux-${ARCHITECTURE}.tar docker://registry.example/baton/agent:${RELEASE_VERSION}
  npm install --global dist/release/kubectl-baton-*.tgz
  helm install baton dist/release/baton-*.tgz --namespace baton-system --create-namespace
`

const root = resolve(import.meta.dirname, '../..')
const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    out: { type: 'string', default: join(root, 'dist/release') },
  },
})

if (values.help) process.stdout.write(HELP)
else {
  const began = performance.now()
  const say = (what: string): void => {
    console.error(`${duration(performance.now() - began).padStart(6)}  ${what}`)
  }
  const outDir = resolve(values.out)
  await makeRelease({ root, outDir, launcher: join(root, 'dist/launcher'), say })
  say(`release ${RELEASE_VERSION} is in ${outDir}`)
  for (const name of readdirSync(outDir))
    console.log(`${String(statSync(join(outDir, name)).size).padStart(12)}  ${name}`)
}
