import { expect, test } from "vitest";
import { verdict } from "./memory.ts";

const held = (heapMb: number) => ({ main: { heapMb, residentMb: 300 } });

test.each([
  ["grows by a kilobyte a request", [56, 58, 60], 1_049, false],
  ["fills a cache in the first half", [56, 76, 76.1], 52, true],
  ["gives back", [56, 57, 55], -1_049, true],
])("a heap that %s", (_what, heaps, bytes, good) => {
  const found = verdict(heaps.map(held), 4_000);
  expect(found.heapBytesPerRequest).toEqual({ main: bytes });
  expect(found.good).toBe(good);
});
