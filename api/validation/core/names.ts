import type { Violation } from '../violation.ts'
import { missingViolations } from './present.ts'

/** RFC 1123. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const LONGEST_SUBDOMAIN = 253

/** The name of an object that a pod refers to. */
export function objectNameViolations(
  field: string,
  value: string | undefined,
): readonly Violation[] {
  if (value !== undefined && SUBDOMAIN.test(value) && value.length <= LONGEST_SUBDOMAIN) return []
  return [
    {
      field,
      value,
      problem: 'no object can have this name',
      remedy: "use lower-case letters, digits, '-' and '.', such as proxy-settings",
    },
  ]
}

const KEY = /^[-._a-zA-Z0-9]{1,253}$/

/** A key of a ConfigMap or a Secret. */
export function keyViolations(field: string, value: string | undefined): readonly Violation[] {
  const missing = missingViolations(field, value, 'name the key')
  if (missing.length > 0 || value === undefined) return missing
  if (KEY.test(value) && value !== '.' && !value.startsWith('..')) return []
  return [
    {
      field,
      value,
      problem: 'no ConfigMap or Secret can have this key',
      remedy: "use letters, digits, '-', '_' and '.', such as key.name",
    },
  ]
}

/** Printable ASCII but for the equals sign. */
const VARIABLE = /^[ -<>-~]+$/

/** The name of an environment variable, or what is put before names. */
export function variableViolations(field: string, value: string | undefined): readonly Violation[] {
  if (value !== undefined && VARIABLE.test(value)) return []
  return [
    {
      field,
      value,
      problem: 'no variable can have this name',
      remedy: "use printable ASCII characters without '=', such as ZONE",
    },
  ]
}

/** A path below something: not absolute, and never above it. */
export function relativePathViolations(
  field: string,
  value: string | undefined,
): readonly Violation[] {
  if (value === undefined || (!value.startsWith('/') && !hasBackstep(value))) return []
  return [
    {
      field,
      value,
      problem: 'it leaves the volume',
      remedy: 'use a path without / before it and without ..',
    },
  ]
}

/** Whether a path goes up. */
export function hasBackstep(path: string | undefined): boolean {
  return path?.split('/').includes('..') === true
}
