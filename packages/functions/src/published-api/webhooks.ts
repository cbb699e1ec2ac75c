import type { Run } from "@outlet/core/conversations/run";
import * as Problem from "@outlet/core/foundation/problem";
import * as Webhook from "@outlet/core/publishing/webhook";
import * as v from "valibot";
import type { AuthorizerContext } from "./identity.ts";

/** A webhook that a caller names in a request: its own address, and its own secret to sign with. */
export const CallerWebhook = v.strictObject({ url: Webhook.Address, secret: Webhook.Secret });
export type CallerWebhook = v.InferOutput<typeof CallerWebhook>;

/**
 * Who is told when the message has been answered.
 * @throws ProblemError `unsupported_parameter` where the owner lets callers name none.
 */
export function webhooksOf(client: AuthorizerContext, caller: CallerWebhook | null): Run.Webhooks {
  if (caller && client.callerWebhooks === "refuse") {
    throw new Problem.ProblemError("unsupported_parameter", {
      message: "webhook: this bot's owner does not let callers name one. Poll, or read the stream.",
      param: "webhook",
    });
  }
  return { owner: client.tellsOwner === "true", caller };
}
