import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { COMMAND_FILE, COMPLETION_FILE, COMPLETION_SCRIPT } from '../../cli/completion/program.ts'
import { CHART_VERSION, RELEASE_VERSION } from '../../manifests/version.ts'
import { gzippedTar } from './gzippedTar.ts'

/** The archive that npm and krew install `kubectl baton` from. */
export const COMMAND_ARCHIVE = `${COMMAND_FILE}-${CHART_VERSION}.tgz`

/**
 * The command as a package of npm: its program is one file and needs nothing else, so an
 * installation asks no registry. The same program gives the same bytes.
 */
export function commandArchive(program: Buffer, license: Buffer): Buffer {
  const folder = 'package'
  return gzippedTar([
    { path: `${folder}/package.json`, mode: 0o644, data: Buffer.from(packageJson()) },
    { path: `${folder}/LICENSE`, mode: 0o644, data: license },
    { path: `${folder}/${COMMAND_FILE}`, mode: 0o755, data: program },
    { path: `${folder}/${COMPLETION_FILE}`, mode: 0o755, data: Buffer.from(COMPLETION_SCRIPT) },
  ])
}

function packageJson(): string {
  const document = {
    name: COMMAND_FILE,
    version: CHART_VERSION,
    description: 'Hot upgrades of sidecars in running pods: the command for kubectl',
    license: 'Apache-2.0',
    type: 'module',
    // Promise.withResolvers, Map.groupBy, and an ES module in a file without an extension.
    engines: { node: '>=22.12' },
    bin: { [COMMAND_FILE]: COMMAND_FILE, [COMPLETION_FILE]: COMPLETION_FILE },
    files: [COMMAND_FILE, COMPLETION_FILE],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/**
 * What krew must know to install the archive: `kubectl krew install --manifest=FILE --archive=ARCHIVE`.
 * It names no address, for the archive is where whoever publishes it puts it.
 */
export function krewManifest(archive: Buffer): string {
  const selector = {
    matchExpressions: [{ key: 'os', operator: 'In', values: ['linux', 'darwin'] }],
  }
  return stringify({
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'baton' },
    spec: {
      version: RELEASE_VERSION,
      shortDescription: 'Upgrade sidecars in running pods, and see why not',
      description:
        'Follows and steers the rollouts of SidecarSets and ingress gateways of Baton: status, why, upgrade, rollback, interception, checks and a console.',
      caveats: 'It is started by node 22.12 or newer, which must be in the PATH.',
      platforms: [
        {
          selector,
          uri: `https://example.invalid/${COMMAND_ARCHIVE}`,
          sha256: createHash('sha256').update(archive).digest('hex'),
          files: [
            { from: `package/${COMMAND_FILE}`, to: '.' },
            { from: `package/${COMPLETION_FILE}`, to: '.' },
            { from: 'package/LICENSE', to: '.' },
            { from: 'package/package.json', to: '.' },
          ],
          bin: COMMAND_FILE,
        },
      ],
    },
  })
}
