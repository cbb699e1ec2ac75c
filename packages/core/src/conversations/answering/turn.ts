import type { ModelEvent } from "../../ports/index.ts";
import * as Text from "../../foundation/text/index.ts";
import type { Steps } from "../run/index.ts";

/** A call as a model makes it. */
export type ToolUse = Extract<ModelEvent, { type: "toolUse" }>;

/** Characters of JSON that a call may bring: what is longer has no place in a record. */
const inputMax = 32_000;
/** The same of all calls of a round: what comes behind is not made. */
const inputsMax = 100_000;
/** Calls of one round; a model that asks for more gets no further ones. */
const callsMax = 16;

type Assembled = Pick<Steps.Round, "content" | "refusals">;

/** What a model says in one round, put together in its order as it has to go back to it. */
export class Turn {
  #parts: (Exclude<Steps.Part, { type: "toolUse" }> | ToolUse)[] = [];

  hear(event: ModelEvent): void {
    const last = this.#parts.at(-1);
    if (event.type === "toolUse") this.#parts.push(event);
    else if (event.type === "text") {
      if (last?.type === "text") last.text += event.text;
      else this.#parts.push({ type: "text", text: event.text });
    } else if (event.type === "reasoning") {
      const { text, signature = "", redactedContent = "" } = event;
      // A signature ends its block; what is redacted is a block of its own.
      const goesOn =
        last?.type === "reasoning" &&
        last.redactedContent === "" &&
        redactedContent === "" &&
        (last.signature === "" || text === "");
      if (!goesOn) this.#parts.push({ type: "reasoning", text, signature, redactedContent });
      else {
        last.text += text;
        last.signature += signature;
      }
    }
  }

  /** The model is tried again. */
  clear(): void {
    this.#parts = [];
  }

  get calls(): ToolUse[] {
    return this.#parts.filter((part) => part.type === "toolUse");
  }

  /** Whether every call came to its end: the token limit may have cut one off. */
  get isWhole(): boolean {
    return this.calls.every(({ input }) => parseInput(input) !== undefined);
  }

  /** @param taken ids of calls before it. */
  assemble(round: number, taken: ReadonlySet<string>): Assembled {
    const ids = new Set(taken);
    const refusals: Assembled["refusals"] = [];
    let count = 0;
    let size = 0;
    const content = this.#parts.flatMap((part): Steps.Part[] => {
      if (part.type !== "toolUse") return [part];
      const callId = idOf(part.callId, `call_${round}_${count}`, ids);
      ids.add(callId);
      count += 1;
      if (count > callsMax) return [];
      size += part.input.length;
      const { input, refusal } = readInput(size > inputsMax ? tooMuch : part.input);
      if (refusal !== undefined) refusals.push({ callId, reason: refusal });
      return [{ type: "toolUse", callId, name: nameOf(part.name), input }];
    });
    return { content, refusals };
  }
}

/** Bedrock takes these, and each once; servers send empty ones, and the same in every round. */
const idOf = (said: string, own: string, taken: ReadonlySet<string>): string =>
  /^[a-zA-Z0-9_.:-]{1,64}$/.test(said) && !taken.has(said) ? said : own;

/** A name that was made up goes back to the model, which has to be one that Bedrock takes. */
const nameOf = (said: string): string =>
  Text.cut(said.replace(/[^a-zA-Z0-9_-]+/g, "_"), 64) || "unnamed";

/** @returns `undefined` where it is no JSON. */
function parseInput(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Stands for an input behind so many others. */
const tooMuch = "x".repeat(inputMax + 1);

function readInput(text: string): { input: Record<string, unknown>; refusal?: string } {
  if (text.length > inputMax) {
    return { input: {}, refusal: `The input is longer than ${inputMax} characters. Shorten it.` };
  }
  const value = parseInput(text);
  if (isObject(value)) return { input: value };
  return { input: {}, refusal: "The input is no JSON object. Call the tool again with one." };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
