import * as Run from "@outlet/core/conversations/run";
import {
  type Content,
  type NewContent,
  responseAddress,
  textOf,
} from "@outlet/core/conversations/run";
import * as Conversation from "@outlet/core/conversations/conversation";
import type { PublishedApiDeps } from "../deps.ts";
import type { AuthorizerContext } from "../identity.ts";
import { invalid } from "./content.ts";
import type { Said } from "./input.ts";

type Turn = Exclude<Said, { runId: string }>;
type Client = Pick<AuthorizerContext, "botId" | "clientId">;

/** References of one request: each is a read or two. */
const referencesMax = 100;
const atOnce = 10;

/**
 * Puts in place of each reference what was said there, among the caller's own responses.
 * @throws ProblemError `invalid_request` for one that leads nowhere.
 */
export async function resolve(
  deps: Pick<PublishedApiDeps, "table" | "objects" | "clock">,
  client: Client,
  said: readonly Said[],
): Promise<Turn[]> {
  const references = said.filter((turn) => "runId" in turn);
  if (references.length > referencesMax) {
    throw invalid(
      "input",
      `must have at most ${referencesMax} references; use previous_response_id`,
    );
  }
  const found = new Map<Said, Turn>();
  for (let from = 0; from < references.length; from += atOnce) {
    const some = references.slice(from, from + atOnce);
    const turns = await Promise.all(some.map((turn) => lookUp(deps, client, turn)));
    for (const [index, turn] of turns.entries()) {
      const reference = some[index];
      if (reference) found.set(reference, turn);
    }
  }
  return said.map((turn) => ("runId" in turn ? (found.get(turn) as Turn) : turn));
}

async function lookUp(
  deps: Pick<PublishedApiDeps, "table" | "objects" | "clock">,
  client: Client,
  { runId, input, param }: Extract<Said, { runId: string }>,
): Promise<Turn> {
  const run = await findKept(deps, client, runId);
  if (!run)
    throw invalid(param, "names no stored response of this key's client; send the item itself");
  if (input === null) {
    const { answer } = await Run.loadAnswer(deps, run);
    return { role: "assistant", content: [{ contentType: "text", body: textOf(answer ?? []) }] };
  }
  const item = inputOf(await Run.load(deps, run))[input];
  if (!item) throw invalid(param, "names no item of that response");
  return {
    role: item.role,
    content: await Promise.all(item.content.map((part) => again(deps, part))),
  };
}

/** What a client sent with one request, in order. */
export function inputOf(run: Run.Info) {
  return [
    ...run.surroundings.earlier,
    ...(run.continues ? [] : [{ role: "user" as const, content: run.content }]),
  ];
}

async function again(deps: Pick<PublishedApiDeps, "objects">, part: Content): Promise<NewContent> {
  switch (part.contentType) {
    case "text":
      return part;
    case "reasoning":
      return { contentType: "text", body: "" };
    case "image":
      return {
        contentType: "image",
        mediaType: part.mediaType,
        bytes: await Run.bytesOf(deps.objects, part.data),
      };
    case "attachment":
      return {
        contentType: "attachment",
        fileName: part.fileName,
        bytes: await Run.bytesOf(deps.objects, part.data),
      };
  }
}

/** A response that may be read again, of this client. */
export async function findKept(
  deps: Pick<PublishedApiDeps, "table" | "clock">,
  client: Client,
  runId: string,
): Promise<Run.State | undefined> {
  const run = await Conversation.findRun(deps, responseAddress(client, runId), runId);
  return run?.asked?.face === "responses" && run.asked.kept ? run : undefined;
}
