import fc from "fast-check";
import { expect, test } from "vitest";
import { createFairBuffer, type FairBuffer } from "./fair-buffer.ts";

/** `fill({ a: 3, b: 1 })` holds a0, a1, a2 of group a and b0 of group b. */
function fill(slots: number, counts: Record<string, number>): FairBuffer<string> {
  const buffer = createFairBuffer<string>(slots);
  for (const [group, count] of Object.entries(counts)) {
    for (let n = 0; n < count; n++) buffer.add(group, `${group}${n}`, `${group}${n}`);
  }
  return buffer;
}

test("a batch holds the oldest messages of one group", () => {
  const buffer = fill(4, { a: 3, b: 1 });
  expect(buffer.take(2)).toEqual({ group: "a", entries: ["a0", "a1"] });
  expect(buffer.take(2)).toEqual({ group: "b", entries: ["b0"] });
  expect(buffer.take(2)).toEqual({ group: "a", entries: ["a2"] });
  expect(buffer.take(2)).toBeUndefined();
  expect(buffer.size).toBe(0);
});

test("fewer slots may be used for a while, and the last of them is another group's too", () => {
  const buffer = fill(4, { a: 9 });
  expect(buffer.take(1, 2)?.group).toBe("a");
  expect(buffer.take(1, 2)).toBeUndefined();
  buffer.add("b", "b0", "b0");
  expect(buffer.take(1, 2)?.group).toBe("b");
  expect(buffer.take(1)?.group).toBe("a");
});

test("groups take turns", () => {
  const buffer = fill(1, { a: 3, b: 3, c: 3 });
  const served: string[] = [];
  for (let batch = buffer.take(1); batch; batch = buffer.take(1)) {
    served.push(...batch.entries);
    buffer.release(batch.group);
  }
  expect(served).toEqual(["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"]);
});

test("one group alone leaves a slot free, which the first message of another takes", () => {
  const buffer = fill(4, { a: 100 });
  for (let n = 0; n < 3; n++) expect(buffer.take(1)?.group).toBe("a");
  expect(buffer.take(1)).toBeUndefined();
  buffer.add("b", "b0", "b0");
  expect(buffer.take(1)?.group).toBe("b");
  buffer.add("c", "c0", "c0");
  expect(buffer.take(1)).toBeUndefined();
  buffer.release("a");
  expect(buffer.take(1)?.group).toBe("c");
});

test("where there is but one slot, any group may have it", () => {
  const buffer = fill(1, { a: 2 });
  expect(buffer.take(1)?.entries).toEqual(["a0"]);
  expect(buffer.take(1)).toBeUndefined();
  buffer.release("a");
  expect(buffer.take(1)?.entries).toEqual(["a1"]);
});

test("of groups that wait, the one with the fewest running goes first", () => {
  const buffer = fill(6, { a: 100 });
  for (let n = 0; n < 5; n++) buffer.take(1);
  buffer.add("b", "b0", "b0");
  buffer.add("b", "b1", "b1");
  expect(buffer.take(1)?.group).toBe("b");
  buffer.release("a");
  buffer.release("a");
  expect(buffer.take(1)?.group).toBe("b");
});

test("a message that comes again takes the place of the one that waits", () => {
  const buffer = fill(2, { a: 1 });
  buffer.add("a", "a0", "a0 again");
  expect(buffer.size).toBe(1);
  expect([...buffer.waiting()]).toEqual(["a0 again"]);
  buffer.add("b", "a0", "a0 elsewhere");
  expect(buffer.take(10)).toEqual({ group: "b", entries: ["a0 elsewhere"] });
  expect(buffer.take(10)).toBeUndefined();
});

test("a removed message is not served", () => {
  const buffer = fill(2, { a: 2 });
  buffer.remove("a0");
  buffer.remove("unknown");
  expect(buffer.take(10)?.entries).toEqual(["a1"]);
  expect(() => buffer.release("b")).toThrow("Nothing of group b is running");
});

test("whatever comes in whatever order, all is served once and the slots are kept to", () => {
  const arrivals = fc.array(fc.record({ group: fc.constantFrom("a", "b", "c"), end: fc.nat(3) }));
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 1, max: 4 }), (steps, slots) => {
      const buffer = createFairBuffer<string>(slots);
      const running: string[] = [];
      const served: string[] = [];
      const drain = () => {
        for (let batch = buffer.take(2); batch; batch = buffer.take(2)) {
          running.push(batch.group);
          served.push(...batch.entries);
        }
        expect(running.length).toBeLessThanOrEqual(slots);
        const waiting = new Set([...buffer.waiting()].map((id) => id[0]));
        // With a slot free, nobody waits but groups that have something running.
        const idle = [...waiting].filter((group) => !running.some((other) => other === group));
        expect(running.length === slots ? [] : idle).toEqual([]);
      };
      for (const [n, { group, end }] of steps.entries()) {
        buffer.add(group, `${group}${n}`, `${group}${n}`);
        drain();
        if (end > 0) continue;
        release(buffer, running);
        drain();
      }
      while (running.length > 0) {
        release(buffer, running);
        drain();
      }
      expect(buffer.size).toBe(0);
      expect(served).toHaveLength(steps.length);
      expect(new Set(served).size).toBe(steps.length);
    }),
  );
});

function release(buffer: FairBuffer<string>, running: string[]): void {
  const group = running.shift();
  if (group !== undefined) buffer.release(group);
}
