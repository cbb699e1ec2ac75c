import * as v from "valibot";
import { expect, test } from "vitest";
import { Id } from "../../foundation/id/index.ts";
import { ModelCatalog } from "../../models/catalog/index.ts";
import { systemClock } from "../../ports/index.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { Layout } from "../../store/layout/index.ts";
import { Bot } from "../bot/index.ts";
import { Tools } from "./index.ts";

const owner = { userId: "owner", username: "owner", groups: [] };
const catalog = ModelCatalog.createCatalog(["outlet-demo"]);
const unable = { ...catalog.default, name: "old", tools: false };
const create = (models = catalog) => {
  const table = createMemoryTable();
  const ids = Id.createIds(systemClock);
  return { table, clock: systemClock, ids, catalog: models };
};
const tool = (botId: string, toolId: string): Tools.Info => ({
  botId,
  toolId,
  setting: { kind: "calculator" },
  limits: v.parse(Tools.Limits, {}),
  createdAt: 1,
  updatedAt: 1,
});

test("a bot that was made before there were tools has none", async () => {
  const deps = create();
  const { botId } = await Bot.create(deps, owner, v.parse(Bot.Create, { title: "A bot" }));
  await deps.table.update(Layout.bot(botId), { remove: ["tools"] });
  expect(await Bot.fromId(deps.table, botId)).toMatchObject({ tools: Tools.none });
});

test("only what the bot allows is listed, in its order, and goes with the bot", async () => {
  const deps = create();
  const { botId } = await Bot.create(deps, owner, v.parse(Bot.Create, { title: "A bot" }));
  for (const id of ["a", "b", "c"]) await Tools.put(deps.table, tool(botId, id));
  await Tools.put(deps.table, tool("another", "d"));
  const allowed = await Tools.listAllowed(deps.table, botId, ["c", "d", "a", "c"]);
  expect(allowed.map(({ toolId }) => toolId)).toEqual(["c", "a"]);
  expect(await Tools.listAllowed(deps.table, botId, [])).toEqual([]);
  await Bot.remove(deps.table, botId);
  expect(await Tools.list(deps.table, botId)).toEqual([]);
  expect(await Tools.list(deps.table, "another")).toHaveLength(1);
});

test("a bot whose model cannot call tools is told so when it is saved", async () => {
  const models = [catalog.default, unable];
  const find = (name: string) => models.find((model) => model.name === name);
  const deps = create({ ...catalog, models, find, require: (name) => find(name) ?? unable });
  const { botId } = await Bot.create(deps, owner, v.parse(Bot.Create, { title: "A bot" }));
  const edit = (change: object) => Bot.update(deps, owner, botId, v.parse(Bot.Edit, change));
  const refusal = { code: "invalid_request", detail: { param: "tools.allowed" } };
  await edit({ tools: { allowed: ["a"], roundsMax: 3 } });
  await expect(edit({ model: "old" })).rejects.toMatchObject(refusal);
  await expect(edit({ callerModels: ["old"] })).rejects.toMatchObject(refusal);
  await edit({ model: "old", tools: { allowed: [] } });
  await expect(edit({ tools: { allowed: ["a"] } })).rejects.toMatchObject(refusal);
  expect(await edit({ tools: { secondsMax: 7 } })).toMatchObject({
    tools: { allowed: [], roundsMax: 3, secondsMax: 7 },
  });
});
