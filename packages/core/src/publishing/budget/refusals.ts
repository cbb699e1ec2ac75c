import * as Problem from "../../foundation/problem/index.ts";
import { type Limit, periodAt } from "./limit.ts";
import type { Kind } from "./payers.ts";

const whose = { key: "this key", bot: "this bot", owner: "this bot's owner" };

export function exceeded(kind: Kind, limit: Limit, now: number): Problem.ProblemError {
  const { to } = periodAt(limit.period, now);
  const resetsAt = to === null ? null : new Date(to).toISOString();
  const next = resetsAt === null ? "Ask its owner to raise it." : `It begins anew at ${resetsAt}.`;
  return new Problem.ProblemError("budget_exceeded", {
    message: `The budget of ${whose[kind]} does not suffice for this message. ${next}`,
    extra: { budget: kind, resetsAt },
  });
}

export const busy = (open: number) =>
  new Problem.ProblemError("conversation_busy", {
    message: `${open} messages wait for their answers. Wait for some of them first.`,
    retryAfter: 5,
  });
