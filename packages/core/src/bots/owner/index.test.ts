import { MalformedCursor } from "../../ports/index.ts";
import * as v from "valibot";
import { beforeEach, describe, expect, test } from "vitest";
import { Bot } from "../bot/index.ts";
import { Id } from "../../foundation/id/index.ts";
import { ModelCatalog } from "../../models/catalog/index.ts";
import type { Table } from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Owner } from "./index.ts";

const clock = { now: () => 0, sleep: async () => undefined };
const catalog = ModelCatalog.createCatalog(["outlet-demo"]);
const person = (userId: string) => ({ userId, username: `name of ${userId}`, groups: [] });
let table: Table;

beforeEach(() => {
  table = createMemoryTable();
});

describe("owners", () => {
  test("are known by their names, the newest one counts", async () => {
    await Owner.note(table, { userId: "u-1", username: "ada" });
    await Owner.note(table, { userId: "u-1", username: "ada" });
    await Owner.note(table, { userId: "u-1", username: "ada lovelace" });
    expect(await Owner.namesOf(table, ["u-1", "u-2", "u-1"])).toEqual(
      new Map([["u-1", "ada lovelace"]]),
    );
    expect(await Owner.list(table, { limit: 10 })).toHaveLength(1);
  });

  test("have all their bots listed, whatever the size of a page, none twice", async () => {
    const deps = { table, clock, ids: Id.createIds(clock), catalog };
    const made: string[] = [];
    // More owners than one page asks, most with one bot, one with none any more.
    for (let i = 0; i < 60; i++) {
      for (let bots = 0; bots < (i === 30 ? 4 : 1); bots++) {
        const input = v.parse(Bot.Create, { title: `Bot of ${i}` });
        made.push((await Bot.create(deps, person(`u-${i}`), input)).botId);
      }
    }
    const gone = made.shift() ?? "";
    await Bot.remove(table, gone);
    for (const limit of [1, 3, 100]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await Bot.listEvery(table, { limit, cursor });
        expect(page.bots.length).toBeLessThanOrEqual(limit);
        seen.push(...page.bots.map(({ botId }) => botId));
        cursor = page.cursor ?? undefined;
      } while (cursor);
      expect(seen.toSorted()).toEqual(made.toSorted());
    }
  });

  test("are asked for by no cursor of anybody's making", async () => {
    for (const cursor of ["x", "x.", "."]) {
      await expect(Bot.listEvery(table, { limit: 1, cursor })).rejects.toThrow(MalformedCursor);
    }
  });
});
