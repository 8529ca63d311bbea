import type { ExpressionForm, Setting } from './expression.ts'
import { Expression } from './expression.ts'

/** One value that whoever installs Baton may choose. */
export interface Value<T> {
  readonly description: string
  readonly byDefault: T
  /** What JSON Schema says of it beside description and default. */
  readonly schema: Readonly<Record<string, unknown>>
}

/** Values by name, in folders. */
export interface ValueTree {
  readonly [name: string]: Value<unknown> | ValueTree
}

/** What the manifests are made of: for each value what it is, or where the chart has it. */
export type SettingsOf<Tree> = {
  readonly [Name in keyof Tree]: Tree[Name] extends Value<infer T>
    ? Setting<T>
    : SettingsOf<Tree[Name]>
}

export function isValue(node: Value<unknown> | ValueTree): node is Value<unknown> {
  return 'byDefault' in node
}

/** The defaults of all values. */
export function defaultsOf<Tree extends ValueTree>(tree: Tree): SettingsOf<Tree> {
  return settings(tree, '', ({ byDefault }) => byDefault)
}

/** For each value the expression that takes it from `.Values` in a template. */
export function expressionsOf<Tree extends ValueTree>(tree: Tree): SettingsOf<Tree> {
  return settings(tree, '', ({ byDefault }, path) => new Expression(path, formOf(byDefault)))
}

function settings<Tree extends ValueTree>(
  tree: Tree,
  folder: string,
  make: (value: Value<unknown>, path: string) => unknown,
): SettingsOf<Tree> {
  const entries = Object.entries(tree).map(([name, node]) => {
    const path = folder === '' ? name : `${folder}.${name}`
    return [name, isValue(node) ? make(node, path) : settings(node, path, make)]
  })
  // Every name of the tree got what `make` gives for a value of its type.
  return Object.fromEntries(entries) as SettingsOf<Tree>
}

function formOf(byDefault: unknown): ExpressionForm {
  if (typeof byDefault === 'string') return 'quoted'
  if (typeof byDefault !== 'object' || byDefault === null) return 'plain'
  return Object.keys(byDefault).length === 0 ? 'optional' : 'block'
}
