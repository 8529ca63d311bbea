/** Stands in a manifest where the chart takes a value: `.Values.` and this path. */
export class Expression {
  readonly path: string
  readonly form: ExpressionForm
  /** For `quoted`: what printf makes the string of, its `%s` being the value. */
  readonly format: string

  constructor(path: string, form: ExpressionForm, format = '%s') {
    this.path = path
    this.form = form
    this.format = format
  }
}

/**
 * How a value gets into a template: as it is, as a string in quotes, as a whole number in quotes, as
 * YAML of its own, or as YAML whose key is left out when the value is empty.
 */
export type ExpressionForm = 'plain' | 'quoted' | 'quotedInteger' | 'block' | 'optional'

/** A value of the installation, or the place of one. */
export type Setting<T> = T | Expression

/** Stands in a manifest where the chart has some of it only if a value is true. */
export class Conditional {
  readonly path: string
  /** A list or an object whose items or fields are there or not. */
  readonly content: object

  constructor(path: string, content: object) {
    this.path = path
    this.content = content
  }
}

/** `{[key]: setting}`, or nothing for an empty list or object: the API server drops those anyway. */
export function filled(key: string, setting: Setting<object>): Readonly<Record<string, unknown>> {
  const empty = !(setting instanceof Expression) && Object.keys(setting).length === 0
  return empty ? {} : { [key]: setting }
}

/** Fields that are there only if the setting is true. */
export function fieldsIf(
  setting: Setting<boolean | string>,
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (!(setting instanceof Expression)) return setting === true || isText(setting) ? fields : {}
  const [name = ''] = Object.keys(fields)
  return { [name]: new Conditional(setting.path, fields) }
}

/** Items of a list that are there only if the setting is true, or a text that is not empty. */
export function itemsIf(
  setting: Setting<boolean | string>,
  items: readonly unknown[],
): readonly unknown[] {
  if (!(setting instanceof Expression)) return setting === true || isText(setting) ? items : []
  return [new Conditional(setting.path, items)]
}

function isText(setting: boolean | string): boolean {
  return typeof setting === 'string' && setting !== ''
}

/** A number as the text that environment variables are. */
export function asText(setting: Setting<number>): Setting<string> {
  // Helm reads numbers as floats, and would write one of seven digits as 1e+06.
  return setting instanceof Expression
    ? new Expression(setting.path, 'quotedInteger')
    : String(setting)
}

/** A text with a setting in it, at the place of `%s`. */
export function formatted(format: string, setting: Setting<string>): Setting<string> {
  return setting instanceof Expression
    ? new Expression(setting.path, 'quoted', format)
    : format.replace('%s', setting)
}
