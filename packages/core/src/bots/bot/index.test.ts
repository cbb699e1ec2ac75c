import { expect, test } from "vitest";
import * as v from "valibot";
import { Id } from "../../foundation/id/index.ts";
import { ModelCatalog } from "../../models/catalog/index.ts";
import { systemClock } from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Bot } from "./index.ts";

const owner = { userId: "owner", username: "owner", groups: [] };
const deps = {
  table: createMemoryTable(),
  clock: systemClock,
  ids: Id.createIds(systemClock),
  catalog: ModelCatalog.createCatalog(["outlet-demo"]),
};
const create = (generation: object) =>
  Bot.create(deps, owner, v.parse(Bot.Create, { title: "A bot", generation }));

test("temperature and topP are not both set: newer models take one of them", async () => {
  const refusal = { code: "invalid_request", detail: { param: "generation.topP" } };
  await expect(create({ temperature: 0.2, topP: 0.9 })).rejects.toMatchObject(refusal);
  const { botId } = await create({ temperature: 0.2 });
  const edit = (generation: object) =>
    Bot.update(deps, owner, botId, v.parse(Bot.Edit, { generation }));
  await expect(edit({ topP: 0.9 })).rejects.toMatchObject(refusal);
  const { generation } = await edit({ temperature: null, topP: 0.9 });
  expect(generation).toMatchObject({ temperature: null, topP: 0.9 });
});
