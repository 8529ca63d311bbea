import { ExpressionError } from './error.ts'
import type { Rational } from './rational.ts'
import { multiply, rational } from './rational.ts'
import { readQuantity } from './quantity.ts'

export type Token =
  | { readonly kind: 'number'; readonly value: Rational; readonly at: number }
  | { readonly kind: 'quantity'; readonly value: Rational; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly symbol: Symbols; readonly at: number }

export type Symbols = '+' | '-' | '*' | '/' | '(' | ')' | ','

const SPACE = /\s+/y
const AMOUNT = /(?:\d+\.?\d*|\.\d+)(?:%|[eE][+-]?\d+|[A-Za-z]+)?/y
const NAME = /[A-Za-z_]\w*/y
const SYMBOL = /[-+*/(),]/y

/** Errors: ExpressionError with what cannot be read, and where. */
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
    const amount = take(AMOUNT)
    const name = amount === undefined ? take(NAME) : undefined
    const symbol = take(SYMBOL)
    if (amount !== undefined) tokens.push(amountToken(amount, at))
    else if (name !== undefined) tokens.push({ kind: 'name', name: name.toLowerCase(), at })
    // The pattern matches nothing else.
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', symbol: symbol as Symbols, at })
    else throw new ExpressionError(`'${text.charAt(at)}' means nothing here`, at)
    at += (amount ?? name ?? symbol ?? '').length
  }
  return tokens
}

/** 50% is the number 0.5, 40m a quantity, 2 a number. */
function amountToken(text: string, at: number): Token {
  if (text.endsWith('%')) {
    const percent = readQuantity(text.slice(0, -1))
    if (percent !== undefined) {
      return { kind: 'number', value: multiply(percent, rational(1n, 100n)), at }
    }
  }
  const value = readQuantity(text)
  if (value === undefined) {
    throw new ExpressionError(
      `'${text}' is neither a number nor a quantity such as 40m or 64Mi`,
      at,
    )
  }
  return { kind: /[A-DF-Za-df-z]|E$|Ei$/.test(text) ? 'quantity' : 'number', value, at }
}
