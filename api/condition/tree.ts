/** What a part of a condition stands for. */
export type Kind = 'number' | 'boolean' | 'list'

/** `result`: what was measured in pods of the new revision. `stable`: the same in those of the old. */
export type ListName = 'result' | 'stable'

export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!='
export type Arithmetic = '+' | '-' | '*' | '/' | '%'
export type NumberFunction = 'abs' | 'min' | 'max' | 'sum' | 'mean'

export type NumberTree =
  | { readonly kind: 'constant'; readonly value: number }
  /** An element; `index` counts from 0. */
  | { readonly kind: 'element'; readonly list: ListName; readonly index: number }
  /** The element of a list that has just one. */
  | { readonly kind: 'only'; readonly list: ListName }
  /** `#`: the element that `all` or `any` looks at. */
  | { readonly kind: 'current' }
  | { readonly kind: 'length'; readonly list: ListName }
  | { readonly kind: 'negation'; readonly operand: NumberTree }
  | {
      readonly kind: 'arithmetic'
      readonly operator: Arithmetic
      readonly left: NumberTree
      readonly right: NumberTree
    }
  | { readonly kind: 'function'; readonly name: NumberFunction; readonly of: readonly NumberTree[] }
  | { readonly kind: 'overList'; readonly name: NumberFunction; readonly list: ListName }

/** A condition as a tree. */
export type ConditionTree =
  | { readonly kind: 'truth'; readonly value: boolean }
  | { readonly kind: 'not'; readonly operand: ConditionTree }
  | { readonly kind: 'and' | 'or'; readonly left: ConditionTree; readonly right: ConditionTree }
  | {
      readonly kind: 'comparison'
      readonly operator: Comparison
      readonly left: NumberTree
      readonly right: NumberTree
    }
  | { readonly kind: 'isNaN' | 'isInf'; readonly operand: NumberTree }
  | {
      readonly kind: 'all' | 'any'
      readonly list: ListName
      readonly holds: ConditionTree
    }
