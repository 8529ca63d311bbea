import { usageError } from '../cliError.ts'
import type { Call, Command } from '../commandline/command.ts'
import type { Setting } from '../injection/setting.ts'
import { isSidecarSet, readSetting, SETTING_OPTIONS, sidecarSetsOf } from '../injection/setting.ts'
import { findingsShape } from '../lint/finding.ts'
import type { Finding } from '../lint/finding.ts'
import { lint as findingsOf } from '../lint/lint.ts'
import { checkSuppressed, SUPPRESS_ANNOTATION } from '../lint/suppress.ts'
import { FILENAME, manifestsOf } from '../manifests/filesOf.ts'
import type { Manifest } from '../manifests/manifest.ts'
import { DOCUMENT_VERSION, documentOf, integer } from '../output/shape.ts'

const document = documentOf('Lint', 'What is wrong with manifests.', {
  objects: integer('How many were looked at.'),
  errors: integer('Findings that make lint fail.'),
  warnings: integer('The others.'),
  findings: findingsShape,
})

export const lint: Command = {
  name: 'lint',
  summary: 'Find what is wrong with manifests before they are applied.',
  about: [
    'Checks SidecarSets and TrafficInterceptions by the schema and the code of the webhook, sets against each other, and what the sets do to the pods that the other manifests make.',
    `A finding is suppressed by --suppress CODE, by --suppress CODE=kind/name, or by the annotation ${SUPPRESS_ANNOTATION} of the object. Codes do not change their meaning.`,
    'It needs no cluster; with --cluster the sets that exist there count too.',
  ],
  operands: [],
  options: {
    filename: FILENAME,
    ...SETTING_OPTIONS,
    cluster: { type: 'boolean', summary: 'Compare with the SidecarSets of the cluster.' },
    suppress: {
      type: 'string',
      value: 'CODE',
      multiple: true,
      summary: 'A finding that is not reported: CODE or CODE=kind/name. May be repeated.',
    },
    strict: { type: 'boolean', summary: 'Warnings make lint fail too.' },
  },
  examples: [
    { means: 'Before a commit', line: 'lint -f manifests.yaml' },
    {
      means: 'In a pipeline, without one warning',
      line: 'lint -f - --strict --suppress BTN106=sidecarset/logs -o json < all.yaml',
    },
  ],
  access: ['with --cluster: list sidecarsets; list namespaces (optional)'],
  document,
  run: async (call) => {
    const { flags, io } = call
    const suppressed = flags.texts('suppress')
    checkSuppressed(suppressed)
    const manifests = await manifestsOf(call, 'filename')
    if (manifests.length === 0) throw usageError('there is no manifest to lint', 'name files by -f')
    const setting = await settingOf(call, manifests)
    const findings = findingsOf({
      manifests,
      others: setting.sets.filter(({ metadata }) => !isAmong(manifests, metadata.name)),
      setting,
      suppressed,
      nowMs: io.now(),
    })
    const errors = findings.filter(({ severity }) => severity === 'Error').length
    const warnings = findings.length - errors
    const failed = errors > 0 || (flags.has('strict') && warnings > 0)
    return {
      exit: failed ? 'failed' : 'complete',
      document: {
        apiVersion: DOCUMENT_VERSION,
        kind: 'Lint',
        objects: manifests.length,
        errors,
        warnings,
        findings,
      },
      text: lintText(findings, manifests.length),
    }
  },
}

/** The sets of the manifests are looked at one by one: a wrong one must not end the whole. */
async function settingOf(
  call: Call,
  manifests: readonly Manifest[],
): Promise<Omit<Setting, 'cluster'>> {
  const namespaces = manifests.filter(({ kind }) => kind === 'Namespace')
  if (call.flags.has('cluster')) return readSetting(call, namespaces)
  const others = await manifestsOf(call, 'sets')
  const { namespaceOf, agentImage, defaultNamespace } = await readSetting(
    { ...call, flags: { ...call.flags, has: (name) => name === 'sets' || call.flags.has(name) } },
    namespaces,
  )
  return { sets: sidecarSetsOf(others), namespaceOf, agentImage, defaultNamespace }
}

function isAmong(manifests: readonly Manifest[], name: string | undefined): boolean {
  return manifests.some((one) => isSidecarSet(one) && one.metadata.name === name)
}

function lintText(findings: readonly Finding[], objects: number): string {
  const lines = findings.map(
    ({ code, severity, object, message }) =>
      `${severity.toLowerCase()} ${code} ${object}: ${message}`,
  )
  const what = objects === 1 ? '1 object' : `${objects} objects`
  const summary = findings.length === 0 ? `${what}: nothing found` : `${what}: ${countOf(findings)}`
  return [...lines, summary].join('\n')
}

function countOf(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'Error').length
  return `${errors} errors, ${findings.length - errors} warnings`
}
