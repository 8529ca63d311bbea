import { RELEASE } from '../api/release.ts'

/** The version as image tags and people write it. */
export const RELEASE_VERSION = RELEASE

/** The version of the chart: semantic, without a v. */
export const CHART_VERSION = RELEASE.slice(1)
