import { ConditionError } from './error.ts'

const SYMBOLS = [
  ...['&&', '||', '==', '!=', '<=', '>='],
  ...['<', '>', '!', '+', '-', '*', '/', '%', '(', ')', '[', ']', ',', '#', '{', '}'],
] as const
export type ConditionSymbol = (typeof SYMBOLS)[number]

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly symbol: ConditionSymbol; readonly at: number }

const SPACE = /\s+/y
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const NAME = /[A-Za-z_]\w*/y
/** The words that expressions of Argo Rollouts may have in the place of signs. */
const WORDS = new Map<string, ConditionSymbol>([
  ['and', '&&'],
  ['or', '||'],
  ['not', '!'],
])

/** Errors: ConditionError with what cannot be read, and where. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  while (at < text.length) {
    const space = take(SPACE)
    if (space !== undefined) {
      at += space.length
      continue
    }
    const number = take(NUMBER)
    const name = take(NAME)
    const symbol = SYMBOLS.find((one) => text.startsWith(one, at))
    const word = name === undefined ? undefined : WORDS.get(name)
    if (number !== undefined) tokens.push({ kind: 'number', value: numberOf(number, at), at })
    else if (word !== undefined) tokens.push({ kind: 'symbol', symbol: word, at })
    else if (name !== undefined) tokens.push({ kind: 'name', name, at })
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', symbol, at })
    else throw new ConditionError(`'${text.charAt(at)}' means nothing here`, at)
    at += (number ?? name ?? symbol ?? '').length
  }
  return tokens
}

function numberOf(text: string, at: number): number {
  const value = Number(text)
  if (Number.isFinite(value)) return value
  throw new ConditionError(`${text} is too large a number`, at)
}
