import { type Accessor, createMemo } from "solid-js";
import { createStore, reconcile } from "solid-js/store";
import type { Bot } from "~/api/bots.ts";

/** The bot's settings as they stand in the form: numbers as text, until they are saved. */
export interface Fields {
  title: string;
  description: string;
  instruction: string;
  model: string;
  callerModels: string[];
  showSources: boolean;
  maxTokens: string;
  temperature: string;
  topP: string;
  stopSequences: string;
}

const toFields = (bot: Bot): Fields => ({
  title: bot.title,
  description: bot.description,
  instruction: bot.instruction ?? "",
  model: bot.model,
  callerModels: [...bot.callerModels],
  showSources: bot.showSources,
  maxTokens: String(bot.generation.maxTokens),
  temperature: bot.generation.temperature === null ? "" : String(bot.generation.temperature),
  topP: bot.generation.topP === null ? "" : String(bot.generation.topP),
  stopSequences: bot.generation.stopSequences.join("\n"),
});

const numberOrNull = (text: string) => (text.trim() === "" ? null : Number(text));

/** What the control API is told. A number that is none becomes NaN, which the form refuses before. */
export const toEdit = (fields: Fields) => ({
  title: fields.title,
  description: fields.description,
  instruction: fields.instruction,
  model: fields.model,
  callerModels: [...fields.callerModels],
  showSources: fields.showSources,
  generation: {
    maxTokens: Number(fields.maxTokens),
    temperature: numberOrNull(fields.temperature),
    topP: numberOrNull(fields.topP),
    stopSequences: fields.stopSequences.split("\n").filter((line) => line !== ""),
  },
});

export type Draft = ReturnType<typeof createDraft>;

export function createDraft(bot: Accessor<Bot>) {
  const [fields, setFields] = createStore(toFields(bot()));
  let saver: () => Promise<boolean> = async () => false;
  const saved = createMemo(() => JSON.stringify(toFields(bot())));
  return {
    fields,
    set: <K extends keyof Fields>(name: K, value: Fields[K]) =>
      setFields(name as never, value as never),
    isDirty: () => JSON.stringify(fields) !== saved(),
    /** Whoever can save it says how; what it resolves with is whether it is saved. */
    saveBy(save: () => Promise<boolean>): void {
      saver = save;
    },
    save: () => saver(),
    reset: (to: Bot = bot()) => setFields(reconcile(toFields(to))),
  };
}
