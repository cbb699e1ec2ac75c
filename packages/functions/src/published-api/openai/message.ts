import type { Bot } from "@outlet/core/bots/bot";
import type { Conversation } from "@outlet/core/conversations/conversation";
import * as Run from "@outlet/core/conversations/run";
import { type NewContent, textOf } from "@outlet/core/conversations/run";
import * as Problem from "@outlet/core/foundation/problem";
import type { PublishedApiDeps } from "../deps.ts";
import type { AuthorizerContext } from "../identity.ts";
import { botOf } from "../bot.ts";
import { invalid } from "./content.ts";
import type { Said } from "./input.ts";
import { webhooksOf } from "../webhooks.ts";
import { chooseModel, type Chosen } from "./models.ts";
import type { Asking } from "./request.ts";
import { findKept, resolve } from "./stored.ts";

type Turn = Exclude<Said, { runId: string }>;

/** What is to be accepted of a request to `/v1`, once all that can be checked beforehand is. */
export async function toMessage(
  deps: PublishedApiDeps,
  client: AuthorizerContext,
  asking: Asking,
): Promise<Conversation.Message> {
  const bot = await botOf(deps, client.botId);
  const utility = isUtility(asking);
  if (utility && client.utilityCalls === "refuse") throw utilityRefused();
  const chosen = chooseModel(deps.catalog, bot, asking.model);
  requireFormat(asking, chosen);
  if (asking.previous !== null) await requirePrevious(deps, client, asking.previous);
  const mayInstruct = client.callerInstructions !== "ignore";
  const turns = (await resolve(deps, client, asking.said)).filter(
    (turn) => mayInstruct || turn.role !== "developer",
  );
  const { content, earlier, continues } = split(turns, asking);
  return {
    content,
    requestedModel: utility ? cheapest(deps, bot) : chosen.requestedModel,
    keyId: client.keyId,
    continues,
    reasoning: asking.reasoning && !utility && chosen.info?.reasoning === true,
    // What is not to be kept goes when it has been answered; where that fails, within a day.
    retentionDays: asking.face === "responses" && !asking.kept ? 1 : Number(client.retentionDays),
    deltas: client.streaming !== "end",
    followed: asking.stream,
    // A title is nothing that anybody waits for.
    webhooks: utility ? Run.noWebhooks : webhooksOf(client, asking.webhook),
    asked: {
      face: asking.face,
      model: chosen.name,
      sampling: utility ? briefly(asking.sampling) : asking.sampling,
      previous: asking.previous,
      background: asking.background,
      kept: asking.kept,
      metadata: asking.metadata,
      endUser: asking.endUser,
      utility,
    },
    surroundings: {
      instructions: mayInstruct ? asking.instructions : null,
      earlier,
      format: asking.format && { name: asking.format.name, schema: asking.format.schema },
    },
  };
}

/** Ignored silently, a format would make every client fail in its own parser. */
function requireFormat({ format }: Asking, { name, info }: Chosen): void {
  if (!format || info?.structured === "any") return;
  if (format.schema !== null && info?.structured === "schema") return;
  throw new Problem.ProblemError("unsupported_parameter", {
    message: `${format.param}: the model ${name} cannot be held to ${format.schema === null ? "JSON without a schema" : "JSON"}. Ask for it in words.`,
    param: format.param,
  });
}

/**
 * @throws ProblemError `previous_response_not_found`; `conflict` while it is being answered, which
 *   stock clients repeat by themselves.
 */
async function requirePrevious(
  deps: PublishedApiDeps,
  client: AuthorizerContext,
  runId: string,
): Promise<void> {
  const found = await findKept(deps, client, runId);
  if (!found) {
    throw new Problem.ProblemError("previous_response_not_found", {
      message: "previous_response_id names no stored response of this key's client.",
      param: "previous_response_id",
    });
  }
  if (!Run.isTerminal(found.status)) {
    throw new Problem.ProblemError("conflict", {
      message: "The previous response is still being made. Send this again when it has ended.",
      param: "previous_response_id",
      retryAfter: 2,
    });
  }
}

/** The message that is to be answered, and those before it. */
function split(turns: readonly Turn[], { face }: Asking) {
  const param = face === "chat" ? "messages" : "input";
  const last = turns.findLastIndex(({ role }) => role !== "developer");
  const question = turns[last];
  if (!question || !turns.some(({ role }) => role === "user")) {
    throw invalid(param, "must have a message of the user");
  }
  const said = (turn: Turn) => turn.content.length > 0;
  if (question.role === "assistant") {
    return { content: [] as NewContent[], earlier: turns.filter(said), continues: true };
  }
  if (!said(question)) throw invalid(`${param}[${last}].content`, "must not be empty");
  return {
    content: question.content,
    earlier: turns.filter((turn, index) => index !== last && said(turn)),
    continues: false,
  };
}

/**
 * Chat windows ask for titles, tags and follow-ups in one message that begins so; no header tells
 * them from what people ask. https://github.com/open-webui/open-webui `routers/tasks.py`
 */
function isUtility({ face, said }: Asking): boolean {
  const [only, ...more] = said;
  if (face !== "chat" || !only || more.length > 0 || "runId" in only) return false;
  return only.role === "user" && /^### Task:\r?\n/.test(textOf(only.content));
}

const utilityRefused = () =>
  new Problem.ProblemError("unsupported_parameter", {
    message:
      "messages: this bot's owner does not let it make titles, tags and the like. Switch them off in your chat window.",
    param: "messages",
  });

const utilityTokens = 300;

const briefly = (sampling: Asking["sampling"]): Asking["sampling"] => ({
  ...sampling,
  maxTokens: Math.min(utilityTokens, sampling.maxTokens ?? utilityTokens),
});

/** Of the models that the owner lets callers choose, the one whose answers cost least. */
function cheapest({ catalog }: PublishedApiDeps, bot: Bot.Info): string | null {
  const models = [bot.model, ...bot.callerModels].flatMap((name) => catalog.find(name) ?? []);
  const priced = models.filter(({ price }) => price !== null);
  priced.sort((a, b) => (a.price?.output ?? 0) - (b.price?.output ?? 0));
  return priced[0]?.name ?? null;
}

/** How a request is told from its repetition, where its client says how. */
export const onceOf = (
  client: AuthorizerContext,
  route: string,
  value: string | undefined,
  body: string,
): Conversation.Request | undefined =>
  value === undefined ? undefined : { keyId: client.keyId, route, value, body };
