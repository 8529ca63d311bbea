import { createConnection } from 'node:net'
import { httpsRequest, request as httpRequest } from '../http/nodeHttp.ts'
import type { LauncherClient } from '../launcher/client.ts'
import { runInSlot } from '../launcher/runInSlot.ts'
import type { Check } from './check.ts'
import { probeGrpc } from './grpcHealth.ts'
import type { Outcome } from './outcome.ts'

/**
 * Carries out one check, once. Never throws: what goes wrong is the outcome.
 * @param launchers of the slots, which run the programs of `exec`
 */
export function carryOut(
  check: Check,
  timeoutMs: number,
  launchers: ReadonlyMap<string, LauncherClient>,
): Promise<Outcome> {
  switch (check.kind) {
    case 'http':
      return probeHttp(check, timeoutMs)
    case 'tcp':
      return probeTcp(check, timeoutMs)
    case 'grpc':
      return probeGrpc(check, timeoutMs)
    case 'exec':
      return probeExec(check, timeoutMs, launchers)
  }
}

/** As the kubelet: 200 to 399 is success, redirects are not followed, certificates not checked. */
async function probeHttp(
  check: Extract<Check, { kind: 'http' }>,
  timeoutMs: number,
): Promise<Outcome> {
  const { host, port, path, headers } = check
  const what = `GET ${check.secure ? 'https' : 'http'}://${host}:${port}${path}`
  const send = check.secure ? httpsRequest() : httpRequest
  const options = { host, port, path, headers, agent: false, rejectUnauthorized: false }
  return await new Promise((resolve) => {
    const request = send(options)
    const end = (ok: boolean, detail: string): void => {
      clearTimeout(timer)
      request.destroy()
      resolve({ ok, detail: `${what}: ${detail}` })
    }
    const timer = setTimeout(() => {
      end(false, `no answer within ${timeoutMs} ms`)
    }, timeoutMs)
    request.once('response', (response) => {
      const code = response.statusCode ?? 0
      end(code >= 200 && code < 400, `status ${code}`)
    })
    request.on('error', (error) => {
      end(false, error.message)
    })
    request.end()
  })
}

function probeTcp(check: Extract<Check, { kind: 'tcp' }>, timeoutMs: number): Promise<Outcome> {
  const { host, port } = check
  return new Promise((resolve) => {
    const socket = createConnection({ host, port })
    const end = (ok: boolean, detail: string): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ ok, detail: `connect to ${host}:${port}: ${detail}` })
    }
    const timer = setTimeout(() => {
      end(false, `not within ${timeoutMs} ms`)
    }, timeoutMs)
    socket.once('connect', () => {
      end(true, 'connected')
    })
    socket.on('error', (error) => {
      end(false, error.message)
    })
  })
}

/** As the kubelet: exit code 0 within the time is success. */
async function probeExec(
  { slot, command }: Extract<Check, { kind: 'exec' }>,
  timeoutMs: number,
  launchers: ReadonlyMap<string, LauncherClient>,
): Promise<Outcome> {
  const what = command.join(' ')
  try {
    const launcher = launchers.get(slot)
    if (launcher === undefined) throw new Error(`no slot ${slot}`)
    const { ok, detail } = await runInSlot(launcher, command, timeoutMs)
    return { ok, detail: `${what}: ${detail}` }
  } catch (error) {
    return {
      ok: false,
      detail: `${what}: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}
