/** A number with its noun, whose plural takes an s: `1 pod`, `2 pods`. */
export function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}
