import { defaultPolicy } from "@outlet/functions/policy";

/** Times of the harness, in virtual milliseconds. Short against each other as the real ones are. */
export const policy = {
  ...defaultPolicy,
  modelTriesMax: 2,
  backoffMs: 200,
  backoffMaxMs: 1_000,
  throttledMaxMs: 0,
  runTimeMaxMs: 20_000,
  leaseMs: 8_000,
  heartbeatMs: 2_000,
  attemptsMax: 3,
  attemptBackoffMs: 1_000,
  quietMs: 3_000,
  holdGraceMs: 120_000,
  /** The worker's function is ended after so long. */
  functionMs: 60_000,
};
