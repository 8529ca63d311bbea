import type { Interception } from '../../api/interception/desired.ts'
import { applet, programOf } from '../../agent/interception/iptables/backend.ts'
import { runProgram } from '../../agent/interception/iptables/program.ts'
import { families } from '../../agent/interception/rules/family.ts'
import type { Family } from '../../agent/interception/rules/family.ts'
import { restoreText } from '../../agent/interception/rules/restore.ts'
import { rules } from '../../agent/interception/rules/rules.ts'
import { chainNames } from '../../agent/interception/rules/ruleSet.ts'
import type { Method } from './order.ts'

/** Changes the rules as others do, without one of the things that make it lossless. */
export async function changeWithout(method: Method, wanted: Interception): Promise<void> {
  for (const family of families) {
    if (method === 'two-step') await inTwoSteps(family, wanted)
    else if (wanted.enabled) await restore(family, textWithout(method, family, wanted))
    else await removeAll(family)
  }
}

/** Each by itself is atomic; between them there is nothing. */
async function inTwoSteps(family: Family, wanted: Interception): Promise<void> {
  const set = rules(wanted, family)
  const empty = { ...set, chains: set.chains.map((chain) => ({ ...chain, rules: [] })) }
  await restore(family, restoreText(empty, []))
  await restore(family, restoreText(set, []))
}

function textWithout(method: Method, family: Family, wanted: Interception): string {
  const set = rules(wanted, family)
  const chains = set.chains.filter(({ name }) => name !== chainNames.anchor)
  const text = restoreText({ ...set, chains }, set.jumps)
  return method === 'no-syn' ? text.replaceAll(' -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', '') : text
}

/** What a clean-up script does: nothing is left that uses conntrack. */
async function removeAll(family: Family): Promise<void> {
  for (const option of ['-F', '-X']) {
    await run(family, family === 'v4' ? 'iptables' : 'ip6tables', ['-t', 'nat', option])
  }
}

async function restore(family: Family, text: string): Promise<void> {
  await run(family, applet(family, 'restore'), ['--noflush'], text)
}

async function run(
  family: Family,
  program: string,
  args: readonly string[],
  input = '',
): Promise<void> {
  const { code, stderr } = await runProgram(programOf('nft'), [program, ...args], input)
  if (code !== 0) throw new Error(`${program} for ${family}: ${stderr}`)
}
