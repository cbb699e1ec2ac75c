import type { ModelCatalog } from "../../models/catalog/index.ts";
import type { Found, ModelUsage } from "../../ports/index.ts";
import type { Steps } from "../run/index.ts";
import type { End } from "./outcome.ts";

/** What happens while a bot answers, in order. Whoever listens keeps what it needs of it. */
export type Event =
  /** Which model is asked: once, before all others. */
  | { type: "model"; model: ModelCatalog.Info }
  /** What the bot's knowledge has to say, before the model is asked: once, where it has anything. */
  | { type: "sources"; sources: Found[] }
  | { type: "text"; text: string }
  /** `redactedContent`: base64 of what the provider keeps to itself. */
  | { type: "reasoning"; text: string; signature?: string; redactedContent?: string }
  /** The model calls tools: the record before. They are called when the next event is asked for. */
  | { type: "round"; round: Steps.Round }
  /** What came of one call: the record after. The model reads it when the next event is asked for. */
  | { type: "result"; result: Steps.Result }
  /** The model is tried again: text and reasoning so far are void. What they cost is not. */
  | { type: "restart" }
  /** Of one call of the model, to be added up. */
  | { type: "usage"; usage: ModelUsage }
  /** By Bedrock's name, or the model server's own where Bedrock has none. */
  | { type: "stop"; reason: string };

/** Why an answer was broken off from outside. */
export type Interruption = "cancelled" | "overtaken" | "run_timeout" | "shutdown";

/** How answering ended. */
export type Outcome =
  | {
      outcome: "ended";
      end: End;
      /** Why the model stopped, by its own name; null where it gave no reason or failed. */
      stop: string | null;
      /** Whether answering anew may help, and how many milliseconds later. */
      again: { afterMs: number } | null;
    }
  /** By the signal, whose reason the caller has. */
  | { outcome: "interrupted" };
