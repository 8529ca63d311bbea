/** What an analysis of a rollout says, read and ready for use: shared by validation and operator. */
export { defineMetrics, rangeCondition, type MetricDefinition } from './definition.ts'
export {
  fillArguments,
  fillQuery,
  queryVariables,
  type QueryValues,
  referencesOf,
  variablesOf,
} from './template.ts'
