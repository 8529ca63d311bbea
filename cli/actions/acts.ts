/** What people do to a rollout. */
export const acts = ['pause', 'resume', 'promote', 'abort', 'retry', 'rollback'] as const
export type Act = (typeof acts)[number]
