/** The operand of commands about rollouts. */
export const SUBJECT = {
  name: 'SET',
  summary: 'a SidecarSet, or a gateway as gateway/NAME or gateway/NAMESPACE/NAME',
  completes: 'sidecarsets',
} as const
