import { expect, test } from "vitest";
import { dying, surviving } from "../../ports/dying.test-support.ts";
import { systemClock } from "../../ports/index.ts";
import { Knowledge } from "../knowledge/index.ts";
import { createLibrary } from "./library.test-support.ts";
import { Sync } from "./index.ts";

test.each([
  ["right before", false],
  ["right after", true],
])(
  "a sync that is killed %s any of its calls goes on when another begins, and leaves nothing over",
  async (_when, after) => {
    let isDone = false;
    let kills = 0;
    for (let nth = 1; !isDone; nth++) {
      const library = await createLibrary({ "old.txt": "Pears are yellow." });
      await library.add("new.txt", "Plums are blue.");
      await library.add("list.csv", "fruit,price\nquince,7\n");
      await library.add("broken.json", "[".repeat(600));
      isDone = await surviving(
        Sync.advance({ ...library.deps, ...dying(library.deps, nth, after) }, library.botId),
      );
      if (!isDone) kills += 1;
      // What was found before is found whatever happens.
      expect((await library.search("pears"))[0]?.source).toBe("old.txt");
      // Only once the dead one's lease is over is it anybody's; its index may be forgotten later.
      for (const passedMs of [Knowledge.leaseMs + 1, 16 * 60_000]) {
        const clock = { ...systemClock, now: () => Date.now() + passedMs };
        await Sync.advance({ ...library.deps, clock }, library.botId);
      }
      const sources = await library.sources();
      expect(sources.map(({ name, status }) => [name, status]).toSorted()).toEqual([
        ["broken.json", "FAILED"],
        ["list.csv", "SUCCEEDED"],
        ["new.txt", "SUCCEEDED"],
        ["old.txt", "SUCCEEDED"],
      ]);
      expect((await library.search("plums"))[0]?.source).toBe("new.txt");
      expect((await library.search("quince"))[0]?.source).toBe("list.csv");
      const paths = [...library.stored.keys()];
      expect(paths.filter((path) => path.includes("/index/"))).toHaveLength(1);
      expect(paths.filter((path) => path.includes("/passages/"))).toHaveLength(3);
    }
    // Of reading, storing and publishing, and not of a beginning only.
    expect(kills).toBeGreaterThan(30);
  },
);
