import type { Properties, Schema } from '../schema.ts'
import { openObject } from '../schema.ts'

/**
 * An object of a core type. The compiler misses a field that the type has; those of a Kubernetes
 * version to come are kept as they are. Wrong types are refused when the set is written: injected,
 * they would keep every pod that the set selects from being created.
 */
export function core<T>(
  description: string,
  properties: Properties<T>,
  required: readonly (keyof T & string)[] = [],
): Schema {
  return openObject(description, properties, required)
}
