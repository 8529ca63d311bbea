import { isApiError } from '../../runtime/transport/apiError.ts'

/**
 * What is read for completeness: the fallback, with a note for the user, when it is forbidden.
 * @param what such as `prefetch pods`
 */
export async function ifAllowed<T>(
  what: string,
  notes: string[],
  fallback: T,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!isApiError(error, 'Forbidden')) throw error
    notes.push(`${what} may not be read: ${error.message}`)
    return fallback
  }
}
