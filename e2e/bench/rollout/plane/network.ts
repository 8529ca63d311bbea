import { run } from '../../../cluster/run.ts'

/*
 * The benchmark runs in a network namespace of its own, so that its fixed ports meet nobody else's.
 * There is nothing in it but loopback, which answers for every address below.
 */

/** An API server refuses to advertise a loopback address. */
export const API_ADDRESS = '10.99.255.2'
export const SERVICE_CIDR = '10.111.0.0/16'

/** Nobody forwards to pods here: whoever serves a Service listens on the Service's own port. */
export async function prepareNetwork(): Promise<void> {
  await run(['ip', 'link', 'set', 'lo', 'up'])
  await run(['ip', 'address', 'add', `${API_ADDRESS}/32`, 'dev', 'lo'])
  await run(['ip', 'route', 'add', 'local', SERVICE_CIDR, 'dev', 'lo'])
}

/** Addresses of pods: all of 127.0.0.0/8 is this machine. */
export function podAddress(index: number): string {
  const number = index + 1
  return `127.${10 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`
}
