/** What the shell logs and tries again at the next look. */
export class Failure extends Error {}

/** The run directory is full. */
export class NotWritten extends Error {}
