/** Longest DNS label, and so the longest name of a container or volume (RFC 1123). */
export const LONGEST_LABEL = 63

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** What is wrong with a name that must be a DNS label; undefined when it is one. */
export function dnsLabelProblem(name: string): string | undefined {
  if (name.length > LONGEST_LABEL) {
    return `it has ${name.length} characters, and a name may have at most ${LONGEST_LABEL}`
  }
  if (!LABEL.test(name)) {
    return "a name consists of lower-case letters, digits and '-', and begins and ends with a letter or digit"
  }
  return undefined
}
