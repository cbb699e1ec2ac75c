import * as Bot from "@outlet/core/bots/bot";
import * as Conversation from "@outlet/core/conversations/conversation";
import type { ModelCatalog } from "@outlet/core/models/catalog";
import type { Table } from "@outlet/core/ports";
import * as Problem from "@outlet/core/foundation/problem";
import type { Address } from "@outlet/core/conversations/run";
import * as v from "valibot";
import { invalidJson, invalidRequest } from "../../http/problems.ts";
import type { AuthorizerContext } from "../identity.ts";
import { webhooksOf } from "../webhooks.ts";
import { camelizeKeys, MessageRequest } from "./schemas.ts";
import * as Text from "@outlet/core/foundation/text";

interface Deps {
  table: Table;
  catalog: ModelCatalog.Catalog;
}

/** The content type is not looked at: clients of the prior art send all kinds. */
export function parseBody(text: string): MessageRequest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalidJson();
  }
  const parsed = v.safeParse(MessageRequest, withoutBlanks(camelizeKeys(json)));
  if (!parsed.success) throw invalidRequest(parsed.issues);
  return parsed.output;
}

const Continuation = v.looseObject({
  continueGenerate: v.literal(true),
  message: v.looseObject({ content: v.array(v.unknown()) }),
});
const Blank = v.strictObject({
  contentType: v.literal("text"),
  body: v.pipe(v.string(), v.trim(), v.empty()),
});

/** Whoever goes on with an answer has nothing to say, and clients say that in an empty text. */
function withoutBlanks(json: unknown): unknown {
  if (!v.is(Continuation, json)) return json;
  const content = json.message.content.filter((part) => !v.is(Blank, part));
  return { ...json, message: { ...json.message, content } };
}

/** What is to be accepted, once everything has been checked that can be checked beforehand. */
export async function toMessage(
  deps: Deps,
  client: AuthorizerContext,
  address: Address,
  request: MessageRequest,
): Promise<Conversation.Message> {
  const { content, model } = request.message;
  const continues = request.continueGenerate === true;
  const reasoning = request.enableReasoning === true;
  if (continues) await Conversation.requireIncomplete(deps, address);
  return {
    content,
    requestedModel: await allowedModel(deps, client.botId, model, reasoning),
    keyId: client.keyId,
    continues,
    reasoning,
    retentionDays: Number(client.retentionDays),
    deltas: client.streaming !== "end",
    webhooks: webhooksOf(client, request.webhook),
  };
}

/** The owner decides which models a caller may ask for; by default only the bot's own. */
async function allowedModel(
  deps: Deps,
  botId: string,
  asked: string | null,
  reasoning: boolean,
): Promise<string | null> {
  if (!asked && !reasoning) return null;
  const bot = await Bot.fromId(deps.table, botId);
  const names = bot ? [bot.model, ...bot.callerModels] : [];
  const found = deps.catalog.find(asked ?? bot?.model ?? "");
  if (asked && !(found && names.includes(found.name))) {
    throw new Problem.ProblemError("model_not_allowed", {
      message: `Model "${Text.cut(asked, 100)}" is not allowed for this bot. Allowed: ${names.join(", ")}.`,
      param: "message.model",
    });
  }
  if (reasoning && !found?.reasoning) {
    throw new Problem.ProblemError("invalid_request", {
      message: `enableReasoning: the model ${found?.name ?? "of this bot"} cannot be asked to reason.`,
      param: "enableReasoning",
    });
  }
  return asked && found ? found.name : null;
}
