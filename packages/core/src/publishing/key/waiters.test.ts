import { describe, expect, test } from "vitest";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { createProcessWaiters, createTableWaiters } from "./waiters.ts";

let now = 1_000;
const clock = { now: () => now, sleep: async () => undefined };
const place = { botId: "bot", keyId: "key" };

describe.each([
  ["of a process", () => createProcessWaiters(3)],
  ["of a table", () => createTableWaiters({ table: createMemoryTable(), clock }, 3)],
])("places %s", (_name, create) => {
  test("are as many as there may be for each key, and free again when they are left", async () => {
    const waiters = create();
    const taken = [];
    for (let i = 0; i < 3; i++) taken.push(await waiters.enter(place, 1_000));
    expect(taken.every((leave) => leave !== undefined)).toBe(true);
    expect(await waiters.enter(place, 1_000)).toBeUndefined();
    expect(await waiters.enter({ ...place, keyId: "another" }, 1_000)).toBeDefined();
    await taken[1]?.();
    expect(await waiters.enter(place, 1_000)).toBeDefined();
    expect(await waiters.enter(place, 1_000)).toBeUndefined();
  });
});

test("a place whose process died is free when its time is over", async () => {
  const waiters = createTableWaiters({ table: createMemoryTable(), clock }, 1);
  const leave = await waiters.enter(place, 1_000);
  expect(await waiters.enter(place, 1_000)).toBeUndefined();
  now += 1_001;
  expect(await waiters.enter(place, 1_000)).toBeDefined();
  // Whoever comes back late leaves nobody else's place.
  await leave?.();
  expect(await waiters.enter(place, 1_000)).toBeUndefined();
});
