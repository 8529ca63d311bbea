import { writeFileSync } from 'node:fs'
import { measured } from './measured.ts'
import { metricsPage } from './page.ts'

export const METRICS_PAGE = new URL('../../docs/reference/metrics.md', import.meta.url)

if (import.meta.main) writeFileSync(METRICS_PAGE, metricsPage(measured()))
