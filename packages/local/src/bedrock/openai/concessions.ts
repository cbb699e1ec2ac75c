import type { Json } from "../backend.ts";
import type { Words } from "./refusal.ts";

export type ChatBody = { [name: string]: Json };

/** A member that some servers refuse, and the request they take instead. */
interface Concession {
  name: string;
  /** Whether it holds for every model of the server, or for the one that was asked. */
  ofServer: boolean;
  says: RegExp;
  applies: (body: ChatBody) => boolean;
  change: (body: ChatBody) => ChatBody;
}

const without = (body: ChatBody, name: string): ChatBody =>
  Object.fromEntries(Object.entries(body).filter(([member]) => member !== name));

const unsupported =
  /unsupported|not supported|n[o']t support|unknown|unrecogni[sz]ed|not permitted|not allowed|unexpected/i;

/** A setting that some models do not take at all. */
const dropped = (name: string, says: RegExp): Concession => ({
  name,
  ofServer: false,
  says: new RegExp(`(?=.*${says.source})(?=.*(?:${unsupported.source}))`, "is"),
  applies: (body) => Object.hasOwn(body, name),
  change: (body) => without(body, name),
});

const concessions: Concession[] = [
  {
    name: "stream_options",
    ofServer: true,
    says: /stream_options|include_usage/i,
    applies: (body) => "stream_options" in body,
    change: (body) => without(body, "stream_options"),
  },
  {
    name: "max_tokens",
    ofServer: false,
    says: /max_completion_tokens/i,
    applies: (body) => "max_tokens" in body,
    change: ({ max_tokens, ...rest }) => ({ ...rest, max_completion_tokens: max_tokens ?? null }),
  },
  {
    name: "system role",
    ofServer: false,
    says: /system (?:role|message|prompt)|role.{0,20}system/is,
    applies: ({ messages }) => roleOf(messages, 0) === "system" && roleOf(messages, 1) === "user",
    change: (body) => ({ ...body, messages: withoutSystem(body["messages"]) }),
  },
  dropped("temperature", /temperature/),
  dropped("top_p", /top_p/),
  dropped("stop", /\bstop\b/),
];

const entryOf = (messages: Json | undefined, at: number): ChatBody => {
  const entry = Array.isArray(messages) ? messages[at] : undefined;
  return typeof entry === "object" && entry !== null && !Array.isArray(entry) ? entry : {};
};
const roleOf = (messages: Json | undefined, at: number): Json | undefined =>
  entryOf(messages, at)["role"];

/** The instruction goes before the first question: Gemma's template knows no other place. */
function withoutSystem(messages: Json | undefined): Json {
  if (!Array.isArray(messages)) return [];
  const parts = [0, 1].flatMap((at) => partsOf(entryOf(messages, at)["content"] ?? ""));
  const texts = parts.flatMap((part) => (typeof part === "string" ? [part] : []));
  const content =
    texts.length === parts.length
      ? texts.join("\n\n")
      : parts.map((part) => (typeof part === "string" ? { type: "text", text: part } : part));
  return [{ role: "user", content }, ...messages.slice(2)];
}

const partsOf = (content: Json): Json[] => (Array.isArray(content) ? content : [content]);

/**
 * What a server has refused before, so that it is asked at once as it wants to be asked. It forgets
 * with the process: a server may have been replaced by then.
 */
export class ServerHabits {
  readonly #learned = new Set<string>();
  readonly #whole = new Set<string>();

  /** Not every server streams calls: this model's are asked for in one piece from now on. */
  learnWholeAnswers(model: string): void {
    this.#whole.add(model);
  }

  /** The body without what this server is known to refuse. */
  shape(asked: ChatBody, model: string): ChatBody {
    const isWhole = "tools" in asked && this.#whole.has(model);
    const body = isWhole ? { ...without(asked, "stream_options"), stream: false } : asked;
    return concessions
      .filter((one) => this.#learned.has(keyOf(one, model)) && one.applies(body))
      .reduce((shaped, one) => one.change(shaped), body);
  }

  /** @returns what the server is not asked any more; `undefined` where nothing can be conceded. */
  learn(words: Words, asked: ChatBody, model: string): string | undefined {
    const said = `${words.labels} ${words.message}`;
    const found = concessions.find((one) => one.says.test(said) && one.applies(asked));
    if (found) this.#learned.add(keyOf(found, model));
    return found?.name;
  }
}

const keyOf = ({ name, ofServer }: Concession, model: string): string =>
  ofServer ? name : `${name} ${model}`;
