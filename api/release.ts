import project from '../package.json' with { type: 'json' }

/** The version of everything that is released together, as image tags and people write it. */
export const RELEASE = `v${project.version}`
