import { type Metrics, type MetricsRange, StoreUnavailable } from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createContract, type Deviations } from "./contract.ts";

/** A request as the gateway saw it. */
export interface SeenRequest {
  at: number;
  status: number;
  latencyMs: number;
  errorType?: "THROTTLED" | "QUOTA_EXCEEDED" | "INVALID_API_KEY";
}

export interface MetricsSubject {
  metrics: Metrics;
  /** Has the gateway see these requests to a bot. They can be read once this resolves. */
  feed(botId: string, requests: readonly SeenRequest[]): Promise<void>;
  /** The same, on a service that does not answer; absent where there is no service. */
  unreachable?: Metrics;
  close(): Promise<void>;
}

const minute = 60_000;

/** What every implementation of the metrics port does. `makeMetrics` is called once. */
export function metricsContract(
  name: string,
  makeMetrics: () => Promise<MetricsSubject>,
  deviations: Deviations = {},
): void {
  describe(`metrics contract: ${name}`, () => {
    let subject: MetricsSubject;
    let bots = 0;
    // A whole hour, so that every period may begin there, well within the days kept by the minute.
    const start = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 6 * 3_600_000;
    beforeAll(async () => {
      subject = await makeMetrics();
    }, 60_000);
    afterAll(() => subject?.close());
    const { check, end } = createContract(deviations);
    const newBot = () => `01CONTRACT${Date.now().toString(36)}X${bots++}`;
    const ok = (atMinute: number, latencyMs = 100): SeenRequest => ({
      at: start + atMinute * minute + 7_000,
      status: 200,
      latencyMs,
    });
    const range = (minutes: number, periodSeconds: number): MetricsRange => ({
      from: start,
      to: start + minutes * minute,
      periodSeconds,
    });
    const requestsBy = async (botId: string, asked: MetricsRange) =>
      (await subject.metrics.series(botId, asked)).map(({ at, requests }) => [
        (at - start) / minute,
        requests,
      ]);

    check("a bot that nobody called has no points", async () => {
      expect(await subject.metrics.series(newBot(), range(60, 60))).toEqual([]);
      expect(await subject.metrics.requests([newBot()], range(60, 60))).toEqual([]);
    });

    check("requests are counted by their outcome", async () => {
      const botId = newBot();
      await subject.feed(botId, [
        ok(1),
        ok(1),
        { ...ok(1), status: 404 },
        { ...ok(1), status: 403, errorType: "INVALID_API_KEY" },
        { ...ok(1), status: 429, errorType: "THROTTLED" },
        { ...ok(1), status: 429, errorType: "THROTTLED" },
        { ...ok(1), status: 429, errorType: "QUOTA_EXCEEDED" },
        { ...ok(1), status: 500 },
        { ...ok(1), status: 504 },
      ]);
      expect(await subject.metrics.series(botId, range(10, 60))).toMatchObject([
        {
          at: start + minute,
          requests: 9,
          clientErrors: 5,
          serverErrors: 2,
          throttled: 2,
          quotaExceeded: 1,
        },
      ]);
    });

    check("where all went well the errors are 0, not unknown", async () => {
      const botId = newBot();
      await subject.feed(botId, [ok(0)]);
      expect(await subject.metrics.series(botId, range(1, 60))).toMatchObject([
        { requests: 1, clientErrors: 0, serverErrors: 0, throttled: 0, quotaExceeded: 0 },
      ]);
    });

    check("a period without requests has no point", async () => {
      const botId = newBot();
      await subject.feed(botId, [ok(0), ok(3), ok(3)]);
      expect(await requestsBy(botId, range(10, 60))).toEqual([
        [0, 1],
        [3, 2],
      ]);
    });

    check("a range begins with `from` and ends before `to`", async () => {
      const botId = newBot();
      await subject.feed(botId, [
        { ...ok(0), at: start },
        { ...ok(0), at: start + 5 * minute - 1_000 },
        { ...ok(0), at: start + 5 * minute },
        { ...ok(0), at: start - 1_000 },
      ]);
      expect(await requestsBy(botId, range(5, 60))).toEqual([
        [0, 1],
        [4, 1],
      ]);
    });

    check("longer periods add up, up to the whole range as one", async () => {
      const botId = newBot();
      await subject.feed(botId, [ok(0), ok(4), ok(5), ok(9), ok(61), ok(119)]);
      expect(await requestsBy(botId, range(120, 300))).toEqual([
        [0, 2],
        [5, 2],
        [60, 1],
        [115, 1],
      ]);
      expect(await requestsBy(botId, range(120, 3_600))).toEqual([
        [0, 4],
        [60, 2],
      ]);
      expect(await requestsBy(botId, range(120, 7_200))).toEqual([[0, 6]]);
    });

    check("figures of long ago are read by as long a period as they are kept by", async () => {
      const day = 86_400_000;
      for (const [daysAgo, periodSeconds] of [
        [14, 60],
        [20, 300],
        [62, 300],
        [64, 3_600],
        [400, 3_600],
      ] as const) {
        const botId = newBot();
        const from = start - daysAgo * day;
        await subject.feed(botId, [
          { at: from, status: 200, latencyMs: 40 },
          { at: from + 90 * minute, status: 500, latencyMs: 60 },
        ]);
        const hours = { from, to: from + 3 * 60 * minute };
        const read = async (period: number) =>
          (await subject.metrics.series(botId, { ...hours, periodSeconds: period })).map(
            ({ at, requests, serverErrors }) => [at - from, requests, serverErrors],
          );
        const second = 90 * minute - ((90 * minute) % (periodSeconds * 1000));
        expect([daysAgo, await read(periodSeconds)]).toEqual([
          daysAgo,
          [
            [0, 1, 0],
            [second, 1, 1],
          ],
        ]);
        // The whole as one, as totals are read.
        expect([daysAgo, await read(10_800)]).toEqual([daysAgo, [[0, 2, 1]]]);
      }
    });

    check("a range of many months is added up from what is kept of each part", async () => {
      const botId = newBot();
      const day = 86_400_000;
      const to = start - (start % day);
      const ages = [1, 10, 40, 100, 300];
      await subject.feed(
        botId,
        ages.map((age) => ({ at: to - age * day + 7 * minute, status: 200, latencyMs: 10 * age })),
      );
      const from = to - 400 * day;
      const [whole, ...more] = await subject.metrics.series(botId, {
        from,
        to,
        periodSeconds: (400 * day) / 1000,
      });
      expect([whole?.at, whole?.requests, more]).toEqual([from, ages.length, []]);
      const days = await subject.metrics.requests([botId], { from, to, periodSeconds: 86_400 });
      expect(days.map(({ at }) => (to - at) / day)).toEqual(ages.toReversed());
    });

    check("quantiles of latency are within 1 %", async () => {
      const botId = newBot();
      const latencies = Array.from({ length: 1_000 }, (_, i) => 20 + i * 3);
      await subject.feed(
        botId,
        latencies.map((latencyMs) => ok(2, latencyMs)),
      );
      const [point] = await subject.metrics.series(botId, range(5, 300));
      expect(point?.requests).toBe(1_000);
      for (const [found, true_] of [
        [point?.p50, latencies[499]],
        [point?.p90, latencies[899]],
        [point?.p99, latencies[989]],
      ] as const) {
        expect(Math.abs((found ?? 0) / (true_ ?? 1) - 1)).toBeLessThan(0.01);
      }
    });

    check("a quantile of a long period is of its requests, not of its minutes", async () => {
      const botId = newBot();
      // One slow minute among nine of a hundred fast requests: the mean of the medians is 190.
      await subject.feed(botId, [
        ...Array.from({ length: 900 }, (_, i) => ok(Math.floor(i / 100), 100)),
        ...Array.from({ length: 50 }, () => ok(9, 1_000)),
      ]);
      const [point] = await subject.metrics.series(botId, range(15, 900));
      expect(point?.p50).toBeGreaterThan(98);
      expect(point?.p50).toBeLessThan(102);
      expect(point?.p99).toBeGreaterThan(980);
    });

    check("each bot has figures of its own", async () => {
      const [one, two] = [newBot(), newBot()];
      await subject.feed(one, [ok(0)]);
      await subject.feed(two, [ok(0), ok(1)]);
      expect(await requestsBy(one, range(5, 300))).toEqual([[0, 1]]);
      expect(await requestsBy(two, range(5, 300))).toEqual([[0, 2]]);
    });

    check("requests of more than 500 bots are read at once, the oldest first", async () => {
      const all = Array.from({ length: 503 }, newBot);
      const [first = ""] = all;
      const last = all.at(-1) ?? "";
      await subject.feed(first, [ok(61), ok(61)]);
      await subject.feed(last, [ok(0), ok(1)]);
      expect(await subject.metrics.requests(all, range(120, 3_600))).toEqual([
        { botId: last, at: start, requests: 2 },
        { botId: first, at: start + 60 * minute, requests: 2 },
      ]);
    });

    check("a service that does not answer is StoreUnavailable", async () => {
      const { unreachable } = subject;
      if (!unreachable) return;
      for (const call of [
        () => unreachable.series("bot", range(5, 60)),
        () => unreachable.requests(["bot"], range(5, 60)),
      ]) {
        const error = await call().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StoreUnavailable);
        expect((error as StoreUnavailable).cause).toBeInstanceOf(Error);
      }
    });

    end();
  });
}
