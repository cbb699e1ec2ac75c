import * as Tools from "../../bots/tools/index.ts";
import type { Clock, Log, Retriever, Table, Tool } from "../../ports/index.ts";
import { Steps } from "../run/index.ts";
import { type AskBot, createBotTool } from "./bot-tool.ts";
import { createKnowledgeTool } from "./knowledge-tool.ts";
import type { Subject } from "./subject.ts";

/** What the model of one answer may call, and no others: there is no way from a name to another tool. */
export interface Toolbox {
  tools: ReadonlyMap<string, Tool>;
  roundsMax: number;
  secondsMax: number;
  /** The model asks what the bot knows, instead of being given it. */
  asksKnowledge: boolean;
}

export interface ToolboxDeps {
  table: Table;
  clock: Clock;
  log: Log;
  retriever: Retriever;
  /** Absent where nothing outside can be called: such tools are then left out. */
  remoteTools?: Tools.Remote;
}

const empty: Toolbox = { tools: new Map(), roundsMax: 0, secondsMax: 0, asksKnowledge: false };

/**
 * Opens what the bot allows, as it is now.
 * @param ask answers as another bot.
 * @throws StoreUnavailable
 */
export async function openToolbox(
  deps: ToolboxDeps,
  subject: Subject,
  ask: AskBot,
  signal: AbortSignal,
): Promise<Toolbox> {
  const { bot } = subject;
  const { allowed, roundsMax, secondsMax } = bot.tools;
  if (allowed.length === 0 || subject.asked?.utility) return empty;
  const infos = await Tools.listAllowed(deps.table, bot.botId, allowed);
  const opened = await Promise.all(infos.map((info) => open(deps, subject, info, ask, signal)));
  const tools = new Map<string, Tool>();
  for (const tool of opened.flat()) {
    const { name } = tool.definition;
    // Saving refuses two of one name; what came by another way must not take the place of the first.
    if (tools.has(name)) deps.log.warn("two tools of one name", { botId: bot.botId, name });
    else tools.set(name, tool);
  }
  const asksKnowledge = infos.some(({ setting }) => setting.kind === "knowledge");
  return { tools, roundsMax, secondsMax, asksKnowledge };
}

async function open(
  deps: ToolboxDeps,
  subject: Subject,
  info: Tools.Info,
  ask: AskBot,
  signal: AbortSignal,
): Promise<Tool[]> {
  const { setting, limits } = info;
  const given = Steps.sourcesOf(subject.steps ?? []).length;
  switch (setting.kind) {
    case "calculator":
      return [Tools.createCalculator(limits)];
    case "time":
      return [Tools.createTime(deps.clock, limits)];
    case "knowledge":
      return [createKnowledgeTool(deps, subject.bot, limits, given)];
    case "bot":
      return [await createBotTool({ ...deps, ownerId: subject.bot.ownerId }, setting, limits, ask)];
    case "http":
    case "mcp":
      return (await deps.remoteTools?.open(info, signal)) ?? [];
  }
}
