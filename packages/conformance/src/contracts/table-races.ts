import { absent, below, lacks, sizeBelow, all } from "@outlet/core/ports";
import { expect } from "vitest";
import type { TableChecks } from "./table-checks.ts";

const racers = 50;

export function raceChecks({ check, table, partition }: TableChecks): void {
  const race = <T>(run: (racer: number) => Promise<T>) =>
    Promise.all(Array.from({ length: racers }, (_, racer) => run(racer)));

  check("of 50 that put an item if absent, exactly one does", async () => {
    const key = { pk: partition(), sk: "A" };
    const won = await race((racer) => table().put({ ...key, racer }, absent("pk")));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await table().get(key)).toEqual({ ...key, racer: won.indexOf(true) });
  });

  check("of 50 that take an expired lease, exactly one does", async () => {
    const key = { pk: partition(), sk: "A" };
    await table().put({ ...key, leaseUntil: 100, token: 7 });
    const taken = await race(() =>
      table().update(
        key,
        { set: { leaseUntil: 200 }, add: { token: 1 } },
        below("leaseUntil", 150),
      ),
    );
    expect(taken.filter(Boolean)).toEqual([{ ...key, leaseUntil: 200, token: 8 }]);
  });

  check("50 additions at once are all counted", async () => {
    const key = { pk: partition(), sk: "A" };
    const seen = await race(() => table().update(key, { add: { count: 1 } }));
    expect(await table().get(key)).toEqual({ ...key, count: racers });
    expect(new Set(seen.map((item) => item?.count)).size).toBe(racers);
  });

  check("of 50 that append to a list of at most 10, exactly ten do", async () => {
    const key = { pk: partition(), sk: "A" };
    const appended = await race((racer) => {
      const id = `R${racer}`;
      return table().update(
        key,
        { append: { open: [id] } },
        all(sizeBelow("open", 10), lacks("open", id)),
      );
    });
    expect(appended.filter(Boolean)).toHaveLength(10);
    const ids = appended.flatMap((item, racer) => (item ? [`R${racer}`] : []));
    const open = (await table().get(key))?.open;
    expect(open).toHaveLength(10);
    expect(open).toEqual(expect.arrayContaining(ids));
  });

  check("of 50 that remove an item once, exactly one sees the condition hold", async () => {
    const key = { pk: partition(), sk: "A" };
    await table().put({ ...key, count: 1 });
    const won = await race(() => table().remove(key, below("count", 2)));
    expect(won.filter(Boolean)).toHaveLength(1);
  });
}
