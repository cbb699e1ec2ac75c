/**
 * Knowledge bases of Amazon Bedrock that bots may answer from. Whoever deploys names them, and may
 * keep each for the members of a group: the rights of Outlet do not tell owners apart, so an owner who
 * could name any base of the account would read what is not theirs.
 */
export * as KnowledgeBase from "./index.ts";

import * as v from "valibot";
import * as Caller from "../../foundation/caller/index.ts";
import * as Problem from "../../foundation/problem/index.ts";

/** As Bedrock gives them. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_KnowledgeBase.html */
const pattern = /^[0-9A-Za-z]{10}$/;
export const Id = v.pipe(
  v.string(),
  v.regex(pattern, "must be a knowledge base's id: ten letters and digits"),
);

export interface Allowed {
  knowledgeBaseId: string;
  /** Whose members may let bots answer from it; every owner where `null`. */
  group: string | null;
}

const allowedMax = 50;

/**
 * @param text such as `ABCDEFGHIJ,KLMNOPQRST:Support`.
 * @throws RangeError with a sentence that says what to write.
 */
export function parseAllowed(text: string): Allowed[] {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  if (entries.length > allowedMax) {
    throw new RangeError(`${entries.length} knowledge bases are more than ${allowedMax}.`);
  }
  return entries.map((entry) => {
    const [knowledgeBaseId = "", ...rest] = entry.split(":");
    const group = rest.join(":").trim();
    if (pattern.test(knowledgeBaseId) && (rest.length === 0 || group !== "")) {
      return { knowledgeBaseId, group: group === "" ? null : group };
    }
    throw new RangeError(
      `"${entry}" is no knowledge base: write its id of ten letters and digits, and behind a colon the group that may use it, if not every owner may.`,
    );
  });
}

/** What somebody may choose from, in the order of the setting. */
export const allowedTo = (allowed: readonly Allowed[], caller: Caller.Info): string[] =>
  allowed
    .filter(
      ({ group }) => group === null || Caller.isAdmin(caller) || caller.groups.includes(group),
    )
    .map(({ knowledgeBaseId }) => knowledgeBaseId);

/** @throws ProblemError `invalid_request` */
export function requireAllowed(
  allowed: readonly Allowed[],
  caller: Caller.Info,
  knowledgeBaseId: string,
): void {
  const ids = allowedTo(allowed, caller);
  if (ids.includes(knowledgeBaseId)) return;
  const which = ids.length > 0 ? `You may use ${ids.join(", ")}.` : "You may use none.";
  throw new Problem.ProblemError("invalid_request", {
    message: `The knowledge base ${knowledgeBaseId} is not allowed. ${which} Ask whoever runs this installation for others (OUTLET_KNOWLEDGE_BASES).`,
    param: "knowledgeBase",
  });
}
