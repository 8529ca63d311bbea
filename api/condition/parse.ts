import { ConditionError } from './error.ts'
import { tokensOf } from './tokens.ts'
import type { ConditionSymbol, Token } from './tokens.ts'
import type {
  Arithmetic,
  Comparison,
  ConditionTree,
  Kind,
  ListName,
  NumberFunction,
  NumberTree,
} from './tree.ts'

type Typed =
  | { readonly kind: 'number'; readonly tree: NumberTree; readonly at: number }
  | { readonly kind: 'boolean'; readonly tree: ConditionTree; readonly at: number }
  | { readonly kind: 'list'; readonly list: ListName; readonly at: number }

const LONGEST = 1024
/** Each bracket is a level of recursion: a tower of them must not exhaust the stack. */
const DEEPEST = 50
const COMPARISONS: readonly Comparison[] = ['<', '<=', '>', '>=', '==', '!=']
const NUMBER_FUNCTIONS: readonly NumberFunction[] = ['abs', 'min', 'max', 'sum', 'mean']
const FUNCTIONS = ['len', 'all', 'any', 'isNaN', 'isInf', ...NUMBER_FUNCTIONS]
const KINDS: Readonly<Record<Kind, string>> = {
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
}

/**
 * Reads a condition such as `result[0] < 0.05 && len(result) > 0`. It is true or false for every
 * list of numbers: what has other types is refused here and not when it is needed.
 * Errors: ConditionError.
 */
export function parseCondition(text: string): ConditionTree {
  if (text.length > LONGEST) throw new ConditionError(`it is longer than ${LONGEST} characters`)
  const parser = new Parser(tokensOf(text))
  const { tree } = parser.condition()
  parser.end()
  return tree
}

class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0
  /** Does `#` mean something here? */
  #inList = false

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  condition(): Extract<Typed, { kind: 'boolean' }> {
    return asCondition(this.#or())
  }

  end(): void {
    const token = this.#tokens[this.#next]
    if (token !== undefined) throw new ConditionError(`${nameOf(token)} is too much`, token.at)
  }

  #or(): Typed {
    let left = this.#and()
    while (this.#takes('||')) left = both('or', left, this.#and())
    return left
  }

  #and(): Typed {
    let left = this.#comparison()
    while (this.#takes('&&')) left = both('and', left, this.#comparison())
    return left
  }

  #comparison(): Typed {
    const left = this.#sum()
    const operator = this.#takesOne(COMPARISONS)
    if (operator === undefined) return left
    const right = this.#sum()
    const tree: ConditionTree = {
      kind: 'comparison',
      operator,
      left: asNumber(left),
      right: asNumber(right),
    }
    const next = this.#tokens[this.#next]
    if (next?.kind === 'symbol' && isComparison(next.symbol)) {
      throw new ConditionError('a comparison cannot be compared: join two of them by &&', next.at)
    }
    return { kind: 'boolean', tree, at: left.at }
  }

  #sum(): Typed {
    return this.#chain(['+', '-'], () => this.#product())
  }

  #product(): Typed {
    return this.#chain(['*', '/', '%'], () => this.#operand())
  }

  /** Left-associative: a-b-c is (a-b)-c. */
  #chain(operators: readonly Arithmetic[], operand: () => Typed): Typed {
    let left = operand()
    for (;;) {
      const operator = this.#takesOne(operators)
      if (operator === undefined) return left
      const right = asNumber(operand())
      const tree: NumberTree = { kind: 'arithmetic', operator, left: asNumber(left), right }
      left = { kind: 'number', tree, at: left.at }
    }
  }

  #operand(): Typed {
    const token = this.#tokens[this.#next]
    if (token === undefined) throw new ConditionError('it ends where a value is expected')
    this.#depth += 1
    if (this.#depth > DEEPEST) throw new ConditionError('it is nested too deeply', token.at)
    this.#next += 1
    const operand = this.#operandOf(token)
    this.#depth -= 1
    return operand
  }

  #operandOf(token: Token): Typed {
    const { at } = token
    switch (token.kind) {
      case 'number':
        return { kind: 'number', tree: { kind: 'constant', value: token.value }, at }
      case 'name':
        return this.#takes('(') ? this.#call(token.name, at) : this.#named(token.name, at)
      case 'symbol':
        return this.#signed(token.symbol, token)
    }
  }

  #signed(symbol: ConditionSymbol, token: Token): Typed {
    const { at } = token
    if (symbol === '-') {
      const operand = asNumber(this.#operand())
      return { kind: 'number', tree: { kind: 'negation', operand }, at }
    }
    if (symbol === '!') {
      const operand = asCondition(this.#operand()).tree
      return { kind: 'boolean', tree: { kind: 'not', operand }, at }
    }
    if (symbol === '(') {
      const inner = this.#or()
      this.#expect(')')
      return inner
    }
    if (symbol === '#') {
      if (this.#inList) return { kind: 'number', tree: { kind: 'current' }, at }
      throw new ConditionError("'#' has a meaning only in all(…) and any(…)", at)
    }
    throw new ConditionError(`${nameOf(token)} stands where a value is expected`, at)
  }

  #named(name: string, at: number): Typed {
    if (name === 'true' || name === 'false') {
      return { kind: 'boolean', tree: { kind: 'truth', value: name === 'true' }, at }
    }
    if (name !== 'result' && name !== 'stable') {
      const problem = `there is no ${name} here, only result and stable`
      throw new ConditionError(problem, at)
    }
    if (!this.#takes('[')) return { kind: 'list', list: name, at }
    const token = this.#tokens[this.#next]
    if (token?.kind !== 'number' || !Number.isInteger(token.value)) {
      throw new ConditionError('an index is a whole number from 0', token?.at ?? null)
    }
    this.#next += 1
    this.#expect(']')
    return { kind: 'number', tree: { kind: 'element', list: name, index: token.value }, at }
  }

  #call(name: string, at: number): Typed {
    if (name === 'all' || name === 'any') return this.#overElements(name, at)
    const numeric = NUMBER_FUNCTIONS.find((one) => one === name)
    if (numeric === undefined && !FUNCTIONS.includes(name)) {
      const problem = `there is no function ${name}, only ${FUNCTIONS.join(', ')}`
      throw new ConditionError(problem, at)
    }
    const given = [this.#or()]
    while (this.#takes(',')) given.push(this.#or())
    this.#expect(')')
    if (numeric !== undefined) return numberCall(numeric, given, at)
    const [only] = given
    if (only === undefined || given.length > 1) {
      throw new ConditionError(`${name} wants one value`, at)
    }
    if (name !== 'len') {
      const kind = name === 'isNaN' ? 'isNaN' : 'isInf'
      return { kind: 'boolean', tree: { kind, operand: asNumber(only) }, at }
    }
    if (only.kind !== 'list') throw new ConditionError('len wants a list', only.at)
    return { kind: 'number', tree: { kind: 'length', list: only.list }, at }
  }

  /** `all(result, # < 1)`, or with the braces that Argo Rollouts wants. */
  #overElements(name: 'all' | 'any', at: number): Typed {
    const list = this.#or()
    if (list.kind !== 'list') throw new ConditionError(`${name} wants a list first`, list.at)
    this.#expect(',')
    if (this.#inList) throw new ConditionError(`${name} cannot stand inside another`, at)
    this.#inList = true
    const isBraced = this.#takes('{')
    const holds = asCondition(this.#or()).tree
    if (isBraced) this.#expect('}')
    this.#inList = false
    this.#expect(')')
    return { kind: 'boolean', tree: { kind: name, list: list.list, holds }, at }
  }

  #takes(symbol: ConditionSymbol): boolean {
    return this.#takesOne([symbol]) !== undefined
  }

  #takesOne<S extends ConditionSymbol>(symbols: readonly S[]): S | undefined {
    const token = this.#tokens[this.#next]
    if (token?.kind !== 'symbol') return undefined
    const found = symbols.find((one) => one === token.symbol)
    if (found !== undefined) this.#next += 1
    return found
  }

  #expect(symbol: ConditionSymbol): void {
    if (this.#takes(symbol)) return
    const token = this.#tokens[this.#next]
    throw token === undefined
      ? new ConditionError(`it ends where '${symbol}' is expected`)
      : new ConditionError(`${nameOf(token)} stands where '${symbol}' is expected`, token.at)
  }
}

function both(kind: 'and' | 'or', left: Typed, right: Typed): Typed {
  const tree: ConditionTree = {
    kind,
    left: asCondition(left).tree,
    right: asCondition(right).tree,
  }
  return { kind: 'boolean', tree, at: left.at }
}

function numberCall(name: NumberFunction, given: readonly Typed[], at: number): Typed {
  const [first] = given
  if (given.length === 1 && first?.kind === 'list' && name !== 'abs') {
    return { kind: 'number', tree: { kind: 'overList', name, list: first.list }, at }
  }
  const isRightCount = name === 'abs' ? given.length === 1 : given.length > 1
  if (!isRightCount) {
    const wanted = name === 'abs' ? 'one value' : 'a list, or at least two values'
    throw new ConditionError(`${name} wants ${wanted}`, at)
  }
  return { kind: 'number', tree: { kind: 'function', name, of: given.map(asNumber) }, at }
}

/** A list that has one element only may stand for that element. */
function asNumber(typed: Typed): NumberTree {
  if (typed.kind === 'number') return typed.tree
  if (typed.kind === 'list') return { kind: 'only', list: typed.list }
  throw mismatch('number', typed)
}

function asCondition(typed: Typed): Extract<Typed, { kind: 'boolean' }> {
  if (typed.kind === 'boolean') return typed
  throw mismatch('boolean', typed)
}

function mismatch(wanted: Kind, { kind, at }: Typed): ConditionError {
  return new ConditionError(`${KINDS[kind]} stands where ${KINDS[wanted]} is expected`, at)
}

function isComparison(symbol: ConditionSymbol): boolean {
  return COMPARISONS.some((one) => one === symbol)
}

function nameOf(token: Token): string {
  switch (token.kind) {
    case 'symbol':
      return `'${token.symbol}'`
    case 'name':
      return `'${token.name}'`
    case 'number':
      return 'a number'
  }
}
