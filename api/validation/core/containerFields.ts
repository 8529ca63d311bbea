import { choiceViolations } from '../choice.ts'
import type { PlacedContainer } from '../placedContainer.ts'
import type { Violation } from '../violation.ts'
import { missingViolations } from './present.ts'

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError']
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']

/** Single fields of a container that a pod would be refused for. */
export function fieldViolations({ path, container }: PlacedContainer): readonly Violation[] {
  const { imagePullPolicy, terminationMessagePolicy, restartPolicy, resizePolicy = [] } = container
  const resources = resizePolicy.map(({ resourceName }) => resourceName)
  return [
    ...choiceViolations(`${path}.imagePullPolicy`, imagePullPolicy, PULL_POLICIES),
    ...choiceViolations(
      `${path}.terminationMessagePolicy`,
      terminationMessagePolicy,
      MESSAGE_POLICIES,
    ),
    ...choiceViolations(`${path}.restartPolicy`, restartPolicy, RESTART_POLICIES),
    ...resizePolicy.flatMap(({ resourceName, restartPolicy: restart }, index) => {
      const field = `${path}.resizePolicy[${index}]`
      const wanted = ['NotRequired', 'RestartContainer']
      return [
        ...choiceViolations(`${field}.resourceName`, resourceName, ['cpu', 'memory']),
        ...choiceViolations(`${field}.restartPolicy`, restart, wanted),
        ...(resources.indexOf(resourceName) === index ? [] : [twice(field, resourceName)]),
      ]
    }),
    ...restartRuleViolations({ path, container }),
  ]
}

function twice(field: string, value: string): Violation {
  const problem = 'another one is for this resource already'
  return { field: `${field}.resourceName`, value, problem, remedy: 'keep one of them' }
}

function restartRuleViolations({
  path,
  container: { restartPolicyRules = [], restartPolicy },
}: Pick<PlacedContainer, 'path' | 'container'>): readonly Violation[] {
  if (restartPolicyRules.length === 0) return []
  return [
    ...missingViolations(
      `${path}.restartPolicy`,
      restartPolicy,
      'say what to do when no rule is for the exit code, such as Never',
    ),
    ...restartPolicyRules.flatMap(({ action, exitCodes }, index) => {
      const field = `${path}.restartPolicyRules[${index}]`
      return [
        ...choiceViolations(`${field}.action`, action, ['Restart']),
        ...choiceViolations(`${field}.exitCodes.operator`, exitCodes?.operator ?? '', [
          'In',
          'NotIn',
        ]),
      ]
    }),
  ]
}
