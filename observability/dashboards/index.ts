import type { Dashboard } from './dashboard.ts'
import { health } from './health.ts'
import { interception } from './interception.ts'
import { rollouts } from './rollouts.ts'

export const dashboards: readonly Dashboard[] = [rollouts, interception, health]
