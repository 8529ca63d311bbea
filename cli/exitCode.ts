/**
 * How a command ended, for scripts: the same with every output format. 1 says no to what was asked,
 * as `diff` does, and everything above 1 is trouble.
 */
export const exits = {
  complete: { code: 0, means: 'done, or it is as asked' },
  failed: {
    code: 1,
    means: 'the answer is no: the rollout failed, lint or check found an error, diff a difference',
  },
  usage: { code: 2, means: 'the command line or a file given to it is wrong; nothing was done' },
  timeout: { code: 3, means: 'the time given by --timeout is over; what was begun goes on' },
  paused: { code: 4, means: 'the rollout waits for a person' },
  superseded: { code: 5, means: 'another revision took the place of the one waited for' },
  forbidden: { code: 6, means: 'the user of the kubeconfig may not do that, or is not known' },
  unavailable: { code: 7, means: 'no answer from the API server, or Baton is not installed there' },
  error: { code: 8, means: 'anything else: no such object, a change was refused' },
} as const

export type Exit = keyof typeof exits
