import { CliError } from '../cliError.ts'
import type { Call } from '../commandline/command.ts'

/**
 * Lets the user confirm what cannot be undone by the next key. Not asked: with --yes, and in a dry
 * run. Errors: CliError when nobody agrees, or nobody is there to be asked.
 * @param what the act with its scope: a clause such as `roll 12 pods back`
 */
export async function confirm({ flags, io }: Call, what: string): Promise<void> {
  if (flags.has('yes') || flags.text('dry-run') === 'server') return
  if (io.ask === undefined) {
    throw new CliError({
      exit: 'usage',
      reason: 'NotConfirmed',
      message: `this would ${what}, and there is no terminal to ask at`,
      remedy: 'repeat it with --yes',
    })
  }
  const answer = (await io.ask(`This will ${what}. Go on? [y/N] `)).trim().toLowerCase()
  if (answer === 'y' || answer === 'yes') return
  throw new CliError({
    exit: 'usage',
    reason: 'NotConfirmed',
    message: 'not confirmed: nothing was changed',
  })
}
