import type { Comparison, ConditionTree, ListName, NumberFunction, NumberTree } from './tree.ts'

/** What was measured: the values of all series, in the order in which they came. */
export interface Lists {
  readonly result: readonly number[]
  readonly stable: readonly number[]
}

/** A comparison that was made, turned such that what was measured stands on the left. */
export interface Compared {
  readonly left: number
  readonly operator: Comparison
  readonly right: number
  readonly holds: boolean
}

/**
 * `unknown`: it cannot be said, for there is no such element, or a number is none. The sentence
 * says why. It is no error, and neither true nor false.
 */
export type Outcome =
  | {
      readonly kind: 'known'
      readonly holds: boolean
      /** In the order in which they were made. */
      readonly compared: readonly Compared[]
    }
  | { readonly kind: 'unknown'; readonly sentence: string }

class Unknown extends Error {}

interface Scope {
  readonly lists: Lists
  readonly current: number | undefined
  readonly compared: Compared[]
}

/** Whether the condition holds. Never throws. */
export function evaluateCondition(tree: ConditionTree, lists: Lists): Outcome {
  const compared: Compared[] = []
  try {
    const holds = truthOf(tree, { lists, current: undefined, compared })
    return { kind: 'known', holds, compared }
  } catch (error) {
    if (error instanceof Unknown) return { kind: 'unknown', sentence: error.message }
    throw error
  }
}

/** Does the condition look at the pods of the old revision? */
export function mentionsStable(tree: ConditionTree): boolean {
  return JSON.stringify(tree).includes('"list":"stable"')
}

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
}

function isMeasured(tree: NumberTree): boolean {
  return /"list":"result"|"kind":"current"/.test(JSON.stringify(tree))
}

function truthOf(tree: ConditionTree, scope: Scope): boolean {
  switch (tree.kind) {
    case 'truth':
      return tree.value
    case 'not':
      return !truthOf(tree.operand, scope)
    case 'and':
      return truthOf(tree.left, scope) && truthOf(tree.right, scope)
    case 'or':
      return truthOf(tree.left, scope) || truthOf(tree.right, scope)
    case 'isNaN':
      return Number.isNaN(rawNumberOf(tree.operand, scope))
    case 'isInf':
      return Math.abs(rawNumberOf(tree.operand, scope)) === Infinity
    case 'comparison': {
      const left = numberOf(tree.left, scope)
      const right = numberOf(tree.right, scope)
      const holds = compare(left, tree.operator, right)
      const { operator } = tree
      const isTurned = !isMeasured(tree.left) && isMeasured(tree.right)
      scope.compared.push(
        isTurned
          ? { left: right, operator: MIRRORED[operator], right: left, holds }
          : { left, operator, right, holds },
      )
      return holds
    }
    case 'all':
    case 'any': {
      const found = scope.lists[tree.list]
      const holds = (current: number): boolean => truthOf(tree.holds, { ...scope, current })
      return tree.kind === 'all' ? found.every(holds) : found.some(holds)
    }
  }
}

function compare(left: number, operator: Comparison, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '==':
      return left === right
    case '!=':
      return left !== right
  }
}

function numberOf(tree: NumberTree, scope: Scope): number {
  const value = rawNumberOf(tree, scope)
  if (Number.isFinite(value)) return value
  throw new Unknown(`a number in the condition comes to ${value}`)
}

function rawNumberOf(tree: NumberTree, scope: Scope): number {
  switch (tree.kind) {
    case 'constant':
      return tree.value
    case 'element':
      return elementOf(tree.list, tree.index, scope)
    case 'only': {
      const count = scope.lists[tree.list].length
      if (count > 1) {
        throw new Unknown(`${tree.list} has ${count} series where the condition wants one`)
      }
      return elementOf(tree.list, 0, scope)
    }
    case 'current':
      return scope.current ?? Number.NaN
    case 'length':
      return scope.lists[tree.list].length
    case 'negation':
      return -rawNumberOf(tree.operand, scope)
    case 'arithmetic': {
      const left = rawNumberOf(tree.left, scope)
      const right = rawNumberOf(tree.right, scope)
      switch (tree.operator) {
        case '+':
          return left + right
        case '-':
          return left - right
        case '*':
          return left * right
        case '/':
          return left / right
        case '%':
          return left % right
      }
    }
    case 'function': {
      const values = tree.of.map((one) => rawNumberOf(one, scope))
      return apply(tree.name, values)
    }
    case 'overList': {
      const values = scope.lists[tree.list]
      if (values.length === 0) throw new Unknown(`${tree.list} is empty`)
      return apply(tree.name, values)
    }
  }
}

function elementOf(list: ListName, index: number, { lists }: Scope): number {
  const value = lists[list][index]
  if (value !== undefined) return value
  const { length } = lists[list]
  throw new Unknown(
    length === 0 ? `${list} is empty` : `${list} has ${length} series, and none at [${index}]`,
  )
}

function apply(name: NumberFunction, values: readonly number[]): number {
  const sum = values.reduce((total, one) => total + one, 0)
  switch (name) {
    case 'abs':
      return Math.abs(sum)
    case 'min':
      return values.reduce((least, one) => Math.min(least, one), Infinity)
    case 'max':
      return values.reduce((most, one) => Math.max(most, one), -Infinity)
    case 'sum':
      return sum
    case 'mean':
      return sum / values.length
  }
}
