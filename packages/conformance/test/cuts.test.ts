import { expect, test } from "vitest";
import { playCuts } from "../src/cuts/campaign.ts";

test("whoever loses the connection reads each event once and the answer byte for byte", async () => {
  const report = await playCuts({ seed: "1", cuts: 60, say: () => {} });
  expect(report.complaints).toEqual([]);
  for (const [kind, count] of Object.entries({ ...report.cuts, ...report.faces }))
    expect([kind, count > 0]).toEqual([kind, true]);
});
