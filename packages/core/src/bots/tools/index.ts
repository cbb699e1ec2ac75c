/**
 * The tools of a bot: what its model may call beside answering. Each lies in an item of its own; the
 * bot names those that are allowed. Edits take effect on the next request.
 */
export * as Tools from "./index.ts";

import * as v from "valibot";
import { equals, type Item, type Table, type Tool } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Paging from "../../store/paging/index.ts";
import * as Shape from "../../store/shape/index.ts";
import { Limits, Setting } from "./setting.ts";

export { createCalculator, createTime } from "./built-in.ts";
export {
  allowedMax,
  Credential,
  Function,
  Limits,
  Name,
  none,
  Setting,
  type SettingOf,
  Use,
} from "./setting.ts";

export const Info = v.object({
  botId: v.string(),
  toolId: v.string(),
  setting: Setting,
  limits: Limits,
  /** Epoch milliseconds. */
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type Info = v.InferOutput<typeof Info>;
const shape = Shape.of("tool", Info);

/** Opens tools that lie outside: those of the kinds `http` and `mcp`. */
export interface Remote {
  /**
   * @returns what the model may call of it, each under the name of its function; none of what is
   *   paused.
   * @throws whatever is a defect of ours; a server that is away is an outcome of a call.
   */
  open(tool: Info, signal: AbortSignal): Promise<Tool[]>;
}

/** Every tool of a bot, allowed or not, oldest first. */
export async function list(table: Table, botId: string): Promise<Info[]> {
  const range = { pk: Layout.botPartition(botId), skPrefix: Layout.toolPrefix };
  return Paging.all(table, range, (_table, items) => shape.readAll(table, items));
}

/** Those that the model may be offered, in the order of the bot's list. */
export async function listAllowed(
  table: Table,
  botId: string,
  allowed: readonly string[],
): Promise<Info[]> {
  if (allowed.length === 0) return [];
  const tools = new Map((await list(table, botId)).map((tool) => [tool.toolId, tool]));
  return [...new Set(allowed)].flatMap((toolId) => tools.get(toolId) ?? []);
}

export async function fromId(
  table: Table,
  botId: string,
  toolId: string,
): Promise<Info | undefined> {
  return shape.find(table, Layout.tool(botId, toolId));
}

/**
 * Takes the place of that very version of it, so that two who change it never undo one another.
 * @returns whether it was still that version.
 */
export function replace(table: Table, before: Info, after: Info): Promise<boolean> {
  return table.put(toItem(after), equals("updatedAt", before.updatedAt));
}

/** Takes the place of the one before. The caller makes sure that the bot is the caller's. */
export async function put(table: Table, tool: Info): Promise<void> {
  await table.put(toItem(tool));
}

export async function remove(table: Table, botId: string, toolId: string): Promise<void> {
  await table.remove(Layout.tool(botId, toolId));
}

const toItem = (tool: Info): Item => ({
  ...shape.check(tool),
  ...Layout.tool(tool.botId, tool.toolId),
});
