/** A question of health: undefined when well, else a sentence about what is wrong. Must be quick. */
export type Check = () => string | undefined
