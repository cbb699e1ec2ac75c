import { afterAll, describe, expect, test } from "vitest";
import type { Deviations } from "../contracts/contract.ts";
import { metricsContract } from "../contracts/metrics-contract.ts";
import { makeCloudWatchSubject } from "../contracts/metrics-subjects.ts";
import { clientOptions, refereeEndpoints } from "./endpoints.ts";
import { startStrictCloudWatch } from "./strict-cloudwatch.ts";

const { ministack } = refereeEndpoints();
const { region, credentials } = clientOptions(ministack);

/** It takes no older data, which CloudWatch itself got when they were new. */
const forgets: Deviations = {
  "figures of long ago are read by as long a period as they are kept by":
    "keeps nothing older than two weeks",
  "a range of many months is added up from what is kept of each part":
    "keeps nothing older than two weeks",
};

metricsContract(
  "MiniStack",
  () => makeCloudWatchSubject({ region, credentials, endpoint: ministack }),
  forgets,
);

describe("with CloudWatch's own limits, in pages of three data points", async () => {
  const strict = await startStrictCloudWatch({ upstream: ministack, pageSize: 3 });
  afterAll(() => strict.stop());

  metricsContract(
    "MiniStack behind CloudWatch's limits",
    () => makeCloudWatchSubject({ region, credentials, endpoint: strict.endpoint }),
    forgets,
  );

  test("answers came in several pages, and no question was refused", () => {
    const { questions, pages, refusals, queriesMost } = strict.seen;
    expect([refusals, queriesMost]).toEqual([0, 500]);
    expect(pages).toBeGreaterThan(questions);
  });
});

describe("figures that CloudWatch keeps by longer periods only", () => {
  const minute = 60_000;
  const hour = 60 * minute;
  const from = Math.floor(Date.now() / hour) * hour - 24 * hour;

  test.each([
    { daysLater: 13, least: 60 },
    { daysLater: 16, least: 300 },
    { daysLater: 61, least: 300 },
    { daysLater: 64, least: 3_600 },
    { daysLater: 400, least: 3_600 },
  ])("$daysLater days later are read by $least s or longer", async ({ daysLater, least }) => {
    const strict = await startStrictCloudWatch({ upstream: ministack, pageSize: 50, daysLater });
    const subject = await makeCloudWatchSubject({
      region,
      credentials,
      endpoint: strict.endpoint,
    });
    try {
      const botId = `01OLD${daysLater}X${Date.now().toString(36)}`;
      await subject.feed(botId, [
        { at: from, status: 200, latencyMs: 40 },
        { at: from + 90 * minute, status: 429, latencyMs: 60, errorType: "THROTTLED" },
      ]);
      // From where the figures that are kept begin, which need not be where such a period would.
      const asked = { from: from - least * 1000, to: from - least * 1000 + 12 * hour };
      for (const periodSeconds of [least, 3_600, 10_800, 43_200]) {
        const points = await subject.metrics.series(botId, { ...asked, periodSeconds });
        const sum = (name: "requests" | "clientErrors" | "throttled") =>
          points.reduce((total, point) => total + point[name], 0);
        expect([periodSeconds, sum("requests"), sum("clientErrors"), sum("throttled")]).toEqual([
          periodSeconds,
          2,
          1,
          1,
        ]);
        expect(points.at(-1)?.p99).toBeGreaterThan(55);
      }
      const finer = { ...asked, periodSeconds: least / 5 };
      if (least > 60) expect(await subject.metrics.series(botId, finer)).toEqual([]);
    } finally {
      await subject.close();
      await strict.stop();
    }
  });
});
