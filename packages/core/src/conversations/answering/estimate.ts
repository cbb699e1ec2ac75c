import * as Bot from "../../bots/bot/index.ts";
import type { ModelCatalog } from "../../models/catalog/index.ts";
import * as Tokens from "../../models/tokens/index.ts";
import type { Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Run from "../run/index.ts";
import {
  type Address,
  type Asked,
  type NewContent,
  type NewSurroundings,
  responseAddress,
  textOf,
} from "../run/index.ts";
import { reasoningTokens } from "./request.ts";

/** What the passages that are found may come to. */
const knowledgeTokens = 8_000;
/** Of a part that is no text: about what a picture is. */
const pictureTokens = 1_600;

/** What is known of a message before it is accepted. */
export interface Asking {
  content: readonly NewContent[];
  requestedModel: string | null;
  reasoning: boolean;
  asked?: Asked | null | undefined;
  surroundings?: NewSurroundings | undefined;
}

/**
 * What a run may cost, micro-USD, on the high side: all that the model is given of the bot, the
 * message and the conversation so far, and as long an answer as the owner allows. A budget holds so
 * much back until the run has ended. 0 where the model has no price.
 * @param previous the run whose conversation it goes on with, where that is known.
 */
export async function estimate(
  { table, catalog }: { table: Table; catalog: ModelCatalog.Catalog },
  address: Address,
  message: Asking,
): Promise<number> {
  const bot = await Bot.fromId(table, address.botId);
  const model = catalog.find(message.requestedModel ?? bot?.model ?? "");
  if (!bot || !model?.price) return 0;
  const { input, cacheWrite, output } = model.price;
  const before = await tokensBefore(table, address, message.asked?.previous ?? null);
  const read = Math.min(
    model.contextTokens,
    Tokens.estimate(bot.instruction) + knowledgeTokens + tokensOf(message) + before,
  );
  const asked = message.asked?.sampling.maxTokens ?? bot.generation.maxTokens;
  const written =
    Math.min(bot.generation.maxTokens, asked) + (message.reasoning ? reasoningTokens : 0);
  return Math.ceil((read * Math.max(input, cacheWrite) + written * output) / 1e6);
}

function tokensOf({ content, surroundings }: Asking): number {
  const turns = [{ content }, ...(surroundings?.earlier ?? [])];
  const said = turns.map((turn) => textOf(turn.content)).join("\n");
  const others = turns.flatMap((turn) => turn.content).map(tokensOfOther);
  const told = `${surroundings?.instructions ?? ""}${surroundings?.format?.schema ?? ""}`;
  return Tokens.estimate(said + told) + others.reduce((sum, tokens) => sum + tokens, 0);
}

function tokensOfOther(part: NewContent): number {
  if (part.contentType === "image") return pictureTokens;
  return part.contentType === "attachment" ? Math.ceil(part.bytes.length / 2) : 0;
}

/** What the run before it was given and said: the next one is given it once more. */
async function tokensBefore(
  table: Table,
  address: Address,
  previous: string | null,
): Promise<number> {
  const of = previous === null ? address : responseAddress(address, previous);
  const runId = previous ?? (await lastOf(table, address));
  const run = runId === undefined ? undefined : await Run.peek(table, of, runId);
  if (!run?.usage) return 0;
  const { inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens } = run.usage;
  return inputTokens + outputTokens + cacheReadInputTokens + cacheWriteInputTokens;
}

async function lastOf(table: Table, address: Address): Promise<string | undefined> {
  const head = await table.get(Layout.head(address));
  return typeof head?.last === "string" ? head.last : undefined;
}
