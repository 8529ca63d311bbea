import { stringify } from 'yaml'

/** An object as YAML, as every reader of Kubernetes understands it. */
export function toYaml(object: object): string {
  // kubectl and Helm read YAML 1.1, where a plain yes or on is a boolean.
  return stringify(object, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' })
}
