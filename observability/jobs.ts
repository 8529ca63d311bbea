import { AGENT_CONTAINER } from '../api/group.ts'
import { OPERATOR, WEBHOOK } from '../api/installation.ts'

/**
 * The label `job` of what is scraped. Names of metrics that other programs have too
 * (`controller_runtime_…`, `up`) are asked for with it, so that nobody else's series are meant.
 */
export const JOBS = { operator: OPERATOR, webhook: WEBHOOK, agent: AGENT_CONTAINER } as const
