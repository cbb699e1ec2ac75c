/** Limits and times that both ways of running share; the embedded runtime shortens some. */
export const defaultPolicy = {
  openMax: 100,
  /** A transaction is billed twice, and more than the call that it spares. */
  acceptsInOne: false,
  modelTriesMax: 4,
  backoffMs: 500,
  backoffMaxMs: 8_000,
  /** A minute, by which quotas of models are filled up, and the longest backoff. */
  throttledMaxMs: 70_000,
  runTimeMaxMs: 600_000,
  leaseMs: 60_000,
  heartbeatMs: 10_000,
  cancelPollMs: 1_000,
  attemptsMax: 3,
  attemptBackoffMs: 10_000,
  quietMs: 60_000,
  /** Shorter than the shortest retention: what waits is never swept away. */
  queuedMaxMs: 6 * 3_600_000,
  /** Lambda ends every process that accepts within 15 minutes. */
  holdGraceMs: 3_600_000,
  /** Of one key, at once; each holds a process until its answer is there. */
  waitersMax: 50,
  waitPollMs: { first: 100, max: 1_000 },
  eventsEveryMs: 150,
  eventsSize: 2_048,
  eventPollMs: { first: 100, max: 1_000 },
  /** Clients and gateways that give up on silence do so after 29 or 30 seconds. */
  quietMaxMs: 20_000,
  beatMs: 10_000,
  /** A minute less than the gateway's and the function's 15. */
  holdMaxMs: 840_000,
  silenceMaxMs: 120_000,
  webhookTimeoutMs: 15_000,
  /** Together three days and a few hours. */
  webhookBackoffSeconds: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
  webhookPatienceMs: 3 * 86_400_000,
  probeTimeoutMs: 120_000,
  pollSeconds: 5,
  /** The deployer function may run for five minutes. */
  deployLeaseMs: 330_000,
  upgradeLookMs: 60_000,
  upgradeRelistMs: 3_600_000,
  upgradeRetryMs: 24 * 3_600_000,
};

export type Policy = typeof defaultPolicy;
