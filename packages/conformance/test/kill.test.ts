import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { playKills } from "../src/kill/campaign.ts";

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-kill-"));
});

afterAll(() => rm(dataDir, { recursive: true, force: true }));

test("a process killed outright loses nothing that was acknowledged, and bills nothing twice", async () => {
  const report = await playKills({
    seed: "1",
    times: 2,
    dataDir,
    conversations: 4,
    tokensPerSecond: 2_000,
    say: () => {},
  });
  expect(report.complaints).toEqual([]);
  expect(report.lost).toBe(0);
  expect(report.acknowledged).toBeGreaterThanOrEqual(4);
  expect(report.completed + report.failed).toBe(report.acknowledged);
}, 120_000);
