/** Stands in a manifest where the chart takes a value: `.Values.` and this path. */
export class Expression {
  readonly path: string
  readonly form: ExpressionForm

  constructor(path: string, form: ExpressionForm) {
    this.path = path
    this.form = form
  }
}

/**
 * How a value gets into a template: as it is, as a string in quotes, as YAML of its own, or as YAML
 * whose key is left out when the value is empty.
 */
export type ExpressionForm = 'plain' | 'quoted' | 'block' | 'optional'

/** A value of the installation, or the place of one. */
export type Setting<T> = T | Expression

/** `{[key]: setting}`, or nothing for an empty list or object: the API server drops those anyway. */
export function filled(key: string, setting: Setting<object>): Readonly<Record<string, unknown>> {
  const empty = !(setting instanceof Expression) && Object.keys(setting).length === 0
  return empty ? {} : { [key]: setting }
}
