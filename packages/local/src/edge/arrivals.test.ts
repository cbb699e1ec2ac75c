import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Arrivals } from "./arrivals.ts";

describe("arrivals", () => {
  async function turns(count: number, each: () => void = () => {}): Promise<void> {
    for (let i = 0; i < count; i++) {
      await setImmediate();
      each();
    }
  }

  it("are all noted before work on the first begins", async () => {
    const arrivals = new Arrivals(Infinity);
    let begun = false;
    arrivals.note();
    const settled = arrivals.settled().then(() => (begun = true));
    await turns(100, () => arrivals.note());
    expect(begun).toBe(false);
    await settled;
  });

  it("that never end hold no request back for ever", async () => {
    const arrivals = new Arrivals(0);
    let begun = false;
    arrivals.note();
    void arrivals.settled().then(() => (begun = true));
    await turns(5, () => arrivals.note());
    expect(begun).toBe(true);
  });
});
