import { ExpressionError } from './error.ts'
import type { Rational } from './rational.ts'
import type { Symbols, Token } from './tokens.ts'
import { tokensOf } from './tokens.ts'

/** An expression as a tree. */
export type Expression =
  | { readonly kind: 'number' | 'quantity'; readonly value: Rational }
  | { readonly kind: 'variable'; readonly name: string; readonly at: number }
  | { readonly kind: 'negation'; readonly operand: Expression }
  | {
      readonly kind: 'operation'
      readonly operator: Operator
      readonly left: Expression
      readonly right: Expression
      readonly at: number
    }
  | { readonly kind: 'call'; readonly name: 'min' | 'max'; readonly of: readonly Expression[] }

export type Operator = '+' | '-' | '*' | '/'

const LONGEST = 1024
/** Each bracket is a level of recursion: a tower of them must not exhaust the stack. */
const DEEPEST = 50

/**
 * Reads an expression such as `max(cpu*50%, 50m)`: + - * / with the usual precedence, brackets,
 * `min` and `max` of two or more, percentages, quantities and variables.
 * Errors: ExpressionError.
 */
export function parseExpression(text: string): Expression {
  if (text.length > LONGEST) throw new ExpressionError(`it is longer than ${LONGEST} characters`)
  const parser = new Parser(tokensOf(text))
  const expression = parser.sum()
  parser.end()
  return expression
}

class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  sum(): Expression {
    return this.#chain(['+', '-'], () => this.#product())
  }

  end(): void {
    const token = this.#tokens[this.#next]
    if (token !== undefined) throw new ExpressionError(`${nameOf(token)} is too much`, token.at)
  }

  #product(): Expression {
    return this.#chain(['*', '/'], () => this.#factor())
  }

  /** Left-associative: a-b-c is (a-b)-c. */
  #chain(operators: readonly Operator[], operand: () => Expression): Expression {
    let left = operand()
    for (;;) {
      const at = this.#tokens[this.#next]?.at ?? 0
      const operator = operators.find((one) => this.#takes(one))
      if (operator === undefined) return left
      left = { kind: 'operation', operator, left, right: operand(), at }
    }
  }

  #factor(): Expression {
    const token = this.#tokens[this.#next]
    if (token === undefined) throw new ExpressionError('it ends where a value is expected')
    this.#depth += 1
    if (this.#depth > DEEPEST) throw new ExpressionError('it is nested too deeply', token.at)
    this.#next += 1
    const factor = this.#factorOf(token)
    this.#depth -= 1
    return factor
  }

  #factorOf(token: Token): Expression {
    switch (token.kind) {
      case 'number':
      case 'quantity':
        return { kind: token.kind, value: token.value }
      case 'name':
        return this.#takes('(')
          ? this.#call(token.name, token.at)
          : { kind: 'variable', name: token.name, at: token.at }
      case 'symbol':
        if (token.symbol === '-') return { kind: 'negation', operand: this.#factor() }
        if (token.symbol === '(') {
          const inner = this.sum()
          this.#expect(')')
          return inner
        }
        throw new ExpressionError(`${nameOf(token)} stands where a value is expected`, token.at)
    }
  }

  #call(name: string, at: number): Expression {
    if (name !== 'min' && name !== 'max') {
      throw new ExpressionError(`there is no function ${name}, only min and max`, at)
    }
    const of = [this.sum()]
    while (this.#takes(',')) of.push(this.sum())
    this.#expect(')')
    if (of.length < 2) throw new ExpressionError(`${name} wants at least two values`, at)
    return { kind: 'call', name, of }
  }

  #takes(symbol: Symbols): boolean {
    const token = this.#tokens[this.#next]
    if (token?.kind !== 'symbol' || token.symbol !== symbol) return false
    this.#next += 1
    return true
  }

  #expect(symbol: Symbols): void {
    if (this.#takes(symbol)) return
    const token = this.#tokens[this.#next]
    throw token === undefined
      ? new ExpressionError(`it ends where '${symbol}' is expected`)
      : new ExpressionError(`${nameOf(token)} stands where '${symbol}' is expected`, token.at)
  }
}

function nameOf(token: Token): string {
  switch (token.kind) {
    case 'symbol':
      return `'${token.symbol}'`
    case 'name':
      return `'${token.name}'`
    case 'number':
    case 'quantity':
      return `a ${token.kind}`
  }
}
