import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { playCampaign } from "../src/faults/campaign.ts";
import { playSeed } from "../src/budgets/seeds.ts";
import { createMemoryStores } from "../src/faults/memory-stores.ts";
import { mutants, mutate } from "../src/faults/mutants.ts";
import { type Stores, startEmbeddedStores } from "../src/faults/stores.ts";

let dataDir: string;
let stores: Stores;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-faults-"));
  stores = await startEmbeddedStores(dataDir);
});

afterAll(async () => {
  await stores?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const play = (options: { runs: number; episode?: string; randomOnly?: boolean }) =>
  playCampaign({ seed: "1", lanes: 4, stores, say: () => {}, ...options });

describe("whatever goes wrong", () => {
  test("every accepted message is answered once, in order, and billed once", async () => {
    const report = await play({ runs: 60, randomOnly: true });
    expect(report.failures.map(({ found }) => found.violation?.message)).toEqual([]);
    expect(report.acknowledged).toBeGreaterThanOrEqual(50);
    expect(report.faults.size).toBeGreaterThanOrEqual(6);
  });

  test("a worker may die at any of its calls while it answers", async () => {
    for (const call of [2, 4, 7, 10, 13]) {
      const report = await play({ runs: 1, episode: `answered-after-${call}` });
      expect(report.failures.map(({ found }) => found.violation?.message)).toEqual([]);
      expect(report.statuses).toEqual(new Map([["completed", 2]]));
      expect(report.faults.get("killAfter")).toBe(1);
    }
  });

  test("it may die while a run fails, is cancelled, deleted, redriven or given up", async () => {
    const ends = { failing: "failed", cancelled: "cancelled", deleted: "deleted", late: "failed" };
    for (const [scenario, status] of Object.entries({ ...ends, redriven: "completed" })) {
      const report = await play({ runs: 1, episode: `${scenario}-before-6` });
      expect(report.failures.map(({ found }) => found.violation?.message)).toEqual([]);
      expect([...report.statuses.keys()], scenario).toContain(status);
      expect(report.faults.get("killBefore")).toBe(1);
    }
  });

  test("an episode has to be one that there is", async () => {
    await expect(play({ runs: 1, episode: "after-2" })).rejects.toThrow("after-2");
  });

  test("the same seed brings about the same", async () => {
    const first = await play({ runs: 1, episode: "3" });
    const second = await play({ runs: 1, episode: "3" });
    expect(second.steps).toBeGreaterThan(50);
    expect(second.digest).toBe(first.digest);
  });
});

test.each(mutants)("the source still has the condition that is taken out: $name", (mutant) => {
  const url = new URL(`../../core/src/${mutant.file}`, import.meta.url);
  const source = readFileSync(url, "utf8");
  expect(mutate(mutant, source)).not.toBe(source);
});

test("200 clients at once spend a budget of 100 runs to the last one and no further", async () => {
  const { problems, storm, refused } = await playSeed(createMemoryStores(), 1);
  expect(problems).toEqual([]);
  expect(storm).toBeGreaterThanOrEqual(100);
  expect(refused).toBeGreaterThan(0);
});
