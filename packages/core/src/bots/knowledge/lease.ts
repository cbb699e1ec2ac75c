/** A reader of sources silent for so long is dead: the sweeper rings and another takes over. */
export const leaseMs = 15_000;
