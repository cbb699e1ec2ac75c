import * as v from "valibot";
import { expect, test } from "vitest";
import { Id } from "./index.ts";

const clock = { now: () => 1_800_000_000_000, sleep: async () => {} };

test("ids of one process only grow, within a millisecond too", () => {
  const ids = Id.createIds(clock);
  const made = Array.from({ length: 200 }, () => ids.ulid());
  expect(made.toSorted()).toEqual(made);
  for (const id of made) expect(v.is(Id.Ulid, id)).toBe(true);
});

test("a message and its answer lead to the same run, and to no other", () => {
  const ids = Id.createIds(clock);
  const pairs = Array.from({ length: 200 }, () => Id.messagePair(ids));
  const all = pairs.flatMap(({ runId, answerId }) => [runId, answerId]);
  expect(new Set(all).size).toBe(400);
  for (const { runId, answerId } of pairs) {
    expect([Id.runIdOf(runId), Id.runIdOf(answerId)]).toEqual([runId, runId]);
    expect(v.is(Id.Ulid, answerId)).toBe(true);
  }
});

test("shards are spread and stable", () => {
  const shards = Array.from({ length: 4_000 }, (_, i) => Id.shardOf(`CONV#${i}`, 8));
  for (let shard = 0; shard < 8; shard++) {
    const share = shards.filter((s) => s === shard).length / shards.length;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.17);
  }
  expect(Id.shardOf("CONV#1", 8)).toBe(Id.shardOf("CONV#1", 8));
});
