import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'

const GIT = /argocd|flux|kustomize-controller|helm/i

/** Whoever applies the spec from elsewhere takes the change back at the next look. */
export function gitNotes({ metadata }: StoredSidecarSet): readonly string[] {
  const fields = (metadata.managedFields ?? []) as readonly { readonly manager?: string }[]
  const managers = fields.map(({ manager = '' }) => manager).filter((one) => GIT.test(one))
  return [...new Set(managers)].map(
    (one) => `${one} applies this SidecarSet and may take the change back; change it there as well`,
  )
}
