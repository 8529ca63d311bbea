import { spawnSync } from 'node:child_process'
import { podUid } from '../../launcher/testing/process.ts'
import type { Surroundings } from '../proxies/proxy.ts'

/** Why connections cannot be intercepted here; undefined when they can. */
export function cannotIntercept(): string | undefined {
  if (process.getuid?.() !== 0) return 'a network namespace with iptables needs root'
  const probe = ['--net', 'iptables', '-t', 'nat', '-S', 'OUTPUT']
  const { status, stderr, error } = spawnSync('unshare', probe, { encoding: 'utf8' })
  if (status === 0) return undefined
  return `no network namespace with iptables here: ${(error?.message ?? stderr).trim()}`
}

/** Words before a program that give it a network of its own. */
export const OWN_NETWORK = ['unshare', '--net'] as const

export function bringUpLoopback(): void {
  run('ip', 'link', 'set', 'lo', 'up')
}

/** In a network of our own: what clients send to the origin's ports goes to the proxy. */
export function intercept({ ports, interceptPort }: Surroundings): void {
  const destinations = Object.values(ports).join(',')
  run(
    ...['iptables', '-t', 'nat', '-A', 'OUTPUT', '-p', 'tcp', '--syn'],
    ...['-m', 'multiport', '--dports', destinations],
    // The proxy itself goes on to the origin.
    ...['-m', 'owner', '!', '--uid-owner', String(podUid)],
    ...['-j', 'REDIRECT', '--to-ports', String(interceptPort)],
  )
}

function run(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`)
}
