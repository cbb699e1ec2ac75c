import type { ModelCatalog } from "../../models/catalog/index.ts";
import type { Found, ModelUsage } from "../../ports/index.ts";
import { Ledger } from "../../records/ledger/index.ts";
import type { Content } from "../run/index.ts";
import type { Event } from "./events.ts";

/** An answer as far as it has come. */
export interface Draft {
  model: ModelCatalog.Info | null;
  sources: Found[];
  text: string;
  reasoning: { text: string; signature: string; redactedContent: string };
  /** Of all calls of the model, those that were in vain with them. */
  usage: ModelUsage;
  /** Epoch milliseconds of the first text, be it void by now. */
  firstTextAt: number | null;
}

const noReasoning = (): Draft["reasoning"] => ({ text: "", signature: "", redactedContent: "" });

export const emptyDraft = (): Draft => ({
  model: null,
  sources: [],
  text: "",
  reasoning: noReasoning(),
  usage: Ledger.noTokens,
  firstTextAt: null,
});

/** Takes an event into the draft. @param now epoch milliseconds. */
export function note(draft: Draft, event: Event, now: number): void {
  switch (event.type) {
    case "model":
      draft.model = event.model;
      return;
    case "sources":
      draft.sources = event.sources;
      return;
    case "text":
      draft.firstTextAt ??= now;
      draft.text += event.text;
      return;
    case "reasoning":
      draft.reasoning.text += event.text;
      draft.reasoning.signature += event.signature ?? "";
      draft.reasoning.redactedContent += event.redactedContent ?? "";
      return;
    case "restart":
      draft.text = "";
      draft.reasoning = noReasoning();
      return;
    case "usage":
      draft.usage = add(draft.usage, event.usage);
      return;
    case "stop":
    case "tool":
  }
}

export function contentOf({ text, reasoning }: Draft): Content[] {
  const reasoned = reasoning.text !== "" || reasoning.redactedContent !== "";
  return [
    ...(reasoned ? [{ contentType: "reasoning" as const, ...reasoning }] : []),
    ...(text ? [{ contentType: "text" as const, body: text }] : []),
  ];
}

export const costOf = ({ model, usage }: Draft): number =>
  model ? Ledger.cost(model.price, usage) : 0;

const add = (a: ModelUsage, b: ModelUsage): ModelUsage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cacheReadInputTokens: a.cacheReadInputTokens + b.cacheReadInputTokens,
  cacheWriteInputTokens: a.cacheWriteInputTokens + b.cacheWriteInputTokens,
});
