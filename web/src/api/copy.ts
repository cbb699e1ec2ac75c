import type { ProblemCode } from "@outlet/functions/control-api/app";

/** What is said of an answer that is no good. */
export const copy = {
  offline: "The control API did not answer. It may be down, or you may be offline.",
  unreadable: "The answer could not be understood.",

  /** What to do next, by error code. Empty where the cause says it already. */
  nextSteps: {
    offline: "Check the connection, then try again.",
    unknown: "Try again. If it happens again, report the request id.",
    invalid_request: "Correct what it names, then try again.",
    invalid_json: "Load the page again. If it happens again, report the request id.",
    unsupported_media_type: "Load the page again. If it happens again, report the request id.",
    payload_too_large: "Send less, or in parts.",
    model_not_allowed: "Choose another model in the editor.",
    title_mismatch: "Type the title as it stands at the top of the page.",
    idempotency_key_reuse: "Send it as a new request.",
    unauthenticated: "Sign in again.",
    forbidden: "Ask an administrator.",
    publish_not_allowed: "Once you are in the group, sign out and in again.",
    not_found: "Go back to the list of bots: it may have been deleted meanwhile.",
    route_not_found: "Load the page again: the console may be older than the API.",
    method_not_allowed: "Load the page again: the console may be older than the API.",
    prerequisites_not_met: "Meet what the checklist names, then publish.",
    publication_in_progress: "This page follows it; try again when it has ended.",
    already_published: "Load the page again, then change its limits.",
    not_published: "Publish the bot first.",
    bot_published: "Unpublish the bot first.",
    conflict: "Load the page again, then repeat.",
    nothing_to_continue: "Send a message instead.",
    run_not_failed: "Load the page again: it may have been answered meanwhile.",
    run_cancelled: "Send the message again if you still want an answer.",
    conversation_busy: "Wait for answers first.",
    internal_error: "Try again. If it happens again, report the request id.",
    model_error: "Try again. If it goes on, choose another model in the editor.",
    worker_lost: "Try again.",
    bot_unavailable: "",
    bot_paused: "Resume the endpoint on the page Publish.",
    service_unavailable: "Nothing was changed. Try again in a moment.",
    run_timeout: "Ask for less, or try again.",
  } satisfies Record<ProblemCode | "offline" | "unknown", string>,
};
