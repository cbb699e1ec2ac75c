/** Limits and times that both ways of running share; the embedded runtime shortens some. */
export const defaultPolicy = {
  openMax: 100,
  retentionDays: 30,
  modelTriesMax: 4,
  backoffMs: 500,
  backoffMaxMs: 8_000,
  runTimeMaxMs: 600_000,
  leaseMs: 60_000,
  heartbeatMs: 10_000,
  attemptsMax: 3,
  attemptBackoffMs: 10_000,
  quietMs: 60_000,
  probeTimeoutMs: 180_000,
  pollSeconds: 5,
};

export type Policy = typeof defaultPolicy;
