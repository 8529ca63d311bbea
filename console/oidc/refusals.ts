import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client'
import type { Refusal } from '../wire.ts'

export const LOGIN_UNKNOWN: Refusal = {
  code: 'LoginUnknown',
  message:
    'this sign-in was not begun in this browser, was answered before, or took longer than 10 minutes',
  remedy: 'sign in again',
}

/** Why a sign-in by the provider came to nothing. */
export function loginRefusal(issuer: string, error: unknown): Refusal {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const { error: code, error_description: text = '' } = error
    const why = text === '' ? code : `${code}: ${text}`
    return code === 'access_denied'
      ? {
          code: 'LoginDenied',
          message: `${issuer} did not let you in (${why})`,
          remedy: 'sign in again, as somebody who may',
        }
      : { code: 'LoginRefused', message: `${issuer} refused the sign-in (${why})` }
  }
  // It has an answer and does not believe it.
  if (error instanceof ClientError && error.code !== 'OAUTH_TIMEOUT' && !isAway(error)) {
    return {
      code: 'LoginNotTrusted',
      message: `the answer of ${issuer} is not to be trusted: ${error.message}`,
      remedy: 'sign in again; if it stays so, compare issuer and client id with the provider',
    }
  }
  return {
    code: 'ProviderAway',
    message: `${issuer} cannot be asked who you are: ${reasonOf(error)}`,
    remedy: 'see whether the console reaches its /.well-known/openid-configuration',
  }
}

function isAway(error: Error): boolean {
  return error.cause instanceof TypeError || error.cause instanceof DOMException
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error ? `${error.message} (${cause.message})` : error.message
}
