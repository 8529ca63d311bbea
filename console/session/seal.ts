import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Signs with a key that nobody knows and that ends with the process. */
export interface Seal {
  /** @param purpose keeps what is signed for one thing from being used for another */
  sign(purpose: string, text: string): string
  verify(purpose: string, text: string, signature: string): boolean
}

const KEY_BYTES = 32

export function createSeal(key: Uint8Array = randomBytes(KEY_BYTES)): Seal {
  const sign = (purpose: string, text: string): string =>
    createHmac('sha256', key).update(`${purpose}\0${text}`).digest('base64url')
  return {
    sign,
    verify: (purpose, text, signature) => sameText(sign(purpose, text), signature),
  }
}

/** Takes the same time wherever the texts differ. */
export function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
