import { expect, test } from "vitest";
import { runSeeds } from "../src/tool-kills/campaign.ts";

test("a worker may stop at any await of any of its attempts while it calls tools", async () => {
  const report = await runSeeds(Array.from({ length: 60 }, (_, at) => String(at)));
  expect(report.failures).toEqual([]);
  // The campaign is one: workers stopped, calls were made, some were left unknown, some runs given up.
  expect(report.stops).toBeGreaterThan(60);
  expect(report.calls).toBeGreaterThan(200);
  expect(report.unknown).toBeGreaterThan(5);
  expect(report.statuses["completed"]).toBeGreaterThan(30);
});

test("at each await of an attempt in turn", async () => {
  const report = await runSeeds(["3"], { every: true });
  expect(report.failures).toEqual([]);
  expect(report.episodes).toBeGreaterThan(60);
  expect(report.stops).toBe(report.episodes);
});
