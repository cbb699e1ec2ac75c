/**
 * The last test of a bot by its owner, passed or failed: publishing asks whether the bot has ever
 * answered with its present model.
 */
export * as TestRun from "./index.ts";

import * as v from "valibot";
import type { Item, Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";

export const Info = v.object({
  botId: v.string(),
  passed: v.boolean(),
  /** Short name of the model that was tried. */
  model: v.string(),
  /** Why it failed. */
  failure: v.nullable(v.string()),
  /** Epoch milliseconds. */
  at: v.number(),
  by: v.string(),
});
export type Info = v.InferOutput<typeof Info>;

export async function fromBot(table: Table, botId: string): Promise<Info | undefined> {
  const item = await table.get(Layout.testRun(botId));
  return item && fromItem(item);
}

/** Takes the place of the one before. */
export async function record(table: Table, test: Info): Promise<void> {
  await table.put(toItem(test));
}

const toItem = (test: Info): Item => ({ ...test, ...Layout.testRun(test.botId) });
const fromItem = (item: Item): Info => v.parse(Info, item);
