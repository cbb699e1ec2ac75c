import fc from "fast-check";
import { expect, test } from "vitest";
import { restingCost } from "./resting-cost.ts";
import { createTemplate, type JsonObject } from "./template.ts";
import { testPlatform } from "./platform.test-support.ts";

const threshold = fc.option(fc.integer({ min: 1, max: 100 }));

test("a stack that nobody calls costs what its alarms watch, and nothing without alarms", () => {
  const settings = fc.record({
    errorRatePercent: threshold,
    p99Ms: threshold,
    quotaUsedPercent: threshold,
    emails: fc.constant<string[]>([]),
  });
  fc.assert(
    fc.property(settings, (alerts) => {
      const { Resources } = createTemplate(
        {
          botId: "01BOT",
          stackName: "outlet-bot-01BOT",
          stage: "api",
          throttle: null,
          quota: null,
          allowedOrigins: [],
          ownerId: "owner",
          alerts,
        },
        testPlatform,
      );
      const watched = Object.values(Resources)
        .filter(({ Type }) => Type === "AWS::CloudWatch::Alarm")
        .map(({ Properties }) => metricsOf(Properties))
        .reduce((sum, count) => sum + count, 0);
      expect(restingCost({ alerts })).toBe(watched * 100_000);
    }),
  );
});

/** Those of an expression, or the one it names itself. */
function metricsOf({ Metrics }: JsonObject): number {
  if (!Array.isArray(Metrics)) return 1;
  return Metrics.filter((query) => Object.hasOwn(query as JsonObject, "MetricStat")).length;
}
