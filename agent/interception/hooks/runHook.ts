import { setTimeout as delay } from 'node:timers/promises'
import type { HookName, InterceptionHook } from '../../../api/interception/hook.ts'
import type { LauncherClient } from '../../launcher/client.ts'
import { runInSlot } from '../../launcher/runInSlot.ts'
import type { HookRecord } from '../toggle/state.ts'
import { qosPath, qosRefusal } from './dubboQos.ts'
import { HookTimeout, send } from './request.ts'

/** Finds the launcher of the slot that serves; undefined container = the first of the pod. */
export type ServingLauncher = (container: string | undefined) => LauncherClient | undefined

const LOCALHOST = '127.0.0.1'

/**
 * Runs a hook to its end, in its time, and waits for as long as it says. Never throws: what goes wrong
 * is the record, whose time is that of the hook alone.
 */
export async function runHook(
  name: HookName,
  hook: InterceptionHook,
  servingLauncher: ServingLauncher,
): Promise<HookRecord> {
  const begun = performance.now()
  const record = (outcome: HookRecord['outcome'], detail: string): HookRecord => {
    const durationSeconds = Math.round(performance.now() - begun) / 1000
    return { name, outcome, durationSeconds, detail }
  }
  try {
    const refusal = await carryOut(name, hook, servingLauncher)
    if (refusal !== undefined) return record('Failed', refusal)
    const succeeded = record('Succeeded', '')
    // An agent that ends does not wait for it: its successor calls the hook again.
    await delay((hook.waitSeconds ?? 0) * 1000, undefined, { ref: false })
    return succeeded
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return record(error instanceof HookTimeout ? 'TimedOut' : 'Failed', text)
  }
}

/** @returns undefined when well, else what went wrong */
async function carryOut(
  name: HookName,
  hook: InterceptionHook,
  servingLauncher: ServingLauncher,
): Promise<string | undefined> {
  const timeoutMs = hook.timeoutSeconds * 1000
  const { httpGet, httpPost, dubboQos, exec } = hook
  if (exec !== undefined) {
    const launcher = servingLauncher(exec.container)
    if (launcher === undefined) return 'no slot serves in which it could be run'
    const { ok, detail } = await runInSlot(launcher, exec.command, timeoutMs)
    if (detail.startsWith('not done within')) throw new HookTimeout(detail)
    return ok ? undefined : detail
  }
  if (dubboQos !== undefined) {
    const command = dubboQos.command ?? (name === 'online' ? 'online' : 'offline')
    const path = qosPath(command, dubboQos.service)
    const asked = { method: 'GET', host: LOCALHOST, port: dubboQos.port, path } as const
    const { status, body } = await send(asked, timeoutMs)
    return qosRefusal(status, body)
  }
  const asked = httpPost ?? httpGet
  if (asked === undefined) return 'it says nothing to be done'
  const method = httpPost === undefined ? 'GET' : 'POST'
  const { host = LOCALHOST, path = '/', ...rest } = asked
  const { status } = await send({ ...rest, method, host, path }, timeoutMs)
  return status >= 200 && status < 300 ? undefined : `it answered status ${status}`
}
