import project from '../package.json' with { type: 'json' }

/** The version of the chart: semantic, without a v. */
export const CHART_VERSION = project.version

/** The version as image tags and people write it. */
export const RELEASE_VERSION = `v${project.version}`
