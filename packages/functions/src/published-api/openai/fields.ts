/**
 * What a published bot does with each field of a request to `/v1`: the parsers refuse by this table,
 * and `docs/openai.md` is made from it. Fields that are not in it are ignored: clients add some every
 * month.
 */
import * as Problem from "@outlet/core/foundation/problem";

export type Face = "responses" | "chat";

export interface Field {
  /** As it is written in a request; `/` parts the names of fields that are treated alike. */
  name: string;
  does: "honoured" | "ignored" | "refused";
  /** When the whole row does not hold: the values that are refused. */
  refusedFor?: string;
  why: string;
  /** Whether a value is refused. Absent: every one but `null` in a row that says refused. */
  refuses?: (value: unknown) => boolean;
}

type Row = [
  name: string,
  does: Field["does"],
  why: string,
  only?: { refusedFor: string; refuses: (value: unknown) => boolean },
];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `required`, a function by name, or allowed tools of which one is required. */
const forcesTool = (value: unknown): boolean => {
  if (typeof value === "string") return value !== "auto" && value !== "none";
  if (!isObject(value)) return false;
  if (value.type !== "allowed_tools") return true;
  const inner = isObject(value.allowed_tools) ? value.allowed_tools : value;
  return inner.mode === "required";
};
const forced = { refusedFor: "a forced tool", refuses: forcesTool };
const moreThanOne = { refusedFor: "more than 1", refuses: (n: unknown) => n !== 1 };
const withAudio = {
  refusedFor: "`audio`",
  refuses: (value: unknown) => Array.isArray(value) && value.some((kind) => kind !== "text"),
};

const everywhere: Row[] = [
  ["model", "honoured", "absent: the bot's own; unknown: 404 `model_not_found`"],
  ["stream", "honoured", ""],
  ["metadata", "honoured", "at most 16 pairs, of 64 and 512 characters"],
  ["temperature / top_p", "honoured", "within the owner's bounds, silently"],
  ["user / safety_identifier", "honoured", "noted with the run; nobody has checked it"],
  ["tools / functions", "ignored", "chat windows and agents always send theirs"],
  ["tool_choice", "ignored", "an answer in text would make the client ask for ever", forced],
  ["parallel_tool_calls", "ignored", "there are no tools of the caller's"],
  ["service_tier", "ignored", "no effect on the answer is promised"],
  ["top_logprobs", "ignored", "models behind Converse tell none"],
  ["prompt_cache_key / prompt_cache_retention", "ignored", "the owner decides what is cached"],
  ["moderation", "ignored", ""],
];

const rows: Record<Face, Row[]> = {
  responses: [
    ["input", "honoured", "a string or items; empty: 400"],
    ["instructions", "honoured", "after the owner's, marked as the caller's; never shown again"],
    ["background", "honoured", ""],
    ["previous_response_id", "honoured", "unknown: 400 `previous_response_not_found`"],
    ["store", "honoured", "false: not kept, and not possible with `background`"],
    ["max_output_tokens", "honoured", "up to the owner's limit"],
    ["text", "honoured", "`format` where the model can, else refused; `verbosity` is ignored"],
    ["reasoning", "honoured", "`effort` lets the model reason first, where it can"],
    ["webhook", "honoured", "no field of OpenAI's: `{url, secret}`, told when the run has ended"],
    ["include", "ignored", "often sent without need"],
    ["conversation", "refused", "ignored it would lose what was said: use `previous_response_id`"],
    ["prompt", "refused", "a template stored at OpenAI"],
    ["truncation", "ignored", "what is too long is always cut from its beginning"],
    ["max_tool_calls", "ignored", ""],
    ["stream_options", "ignored", ""],
    ["context_management", "ignored", ""],
    ["access_programs", "ignored", ""],
  ],
  chat: [
    ["messages", "honoured", "the whole history; nothing is remembered between calls"],
    ["max_completion_tokens / max_tokens", "honoured", "up to the owner's limit; the first wins"],
    ["stop", "honoured", "at most 4, beside the owner's"],
    ["stream_options", "honoured", "`include_usage`"],
    ["response_format", "honoured", "where the model can, else refused"],
    ["reasoning_effort", "honoured", "lets the model reason first, where it can"],
    ["n", "honoured", "", moreThanOne],
    ["function_call", "ignored", "as `tool_choice`", forced],
    ["modalities", "ignored", "the answer is text", withAudio],
    ["audio", "refused", "the answer is text"],
    ["web_search_options", "refused", "a bot has the tools that its owner gave it"],
    ["seed", "ignored", "sent by many clients"],
    ["frequency_penalty / presence_penalty / logit_bias", "ignored", "Converse has no such thing"],
    ["logprobs", "ignored", "`logprobs` of the answer is null"],
    ["store", "ignored", "chats are not stored for reading again"],
    ["prediction", "ignored", ""],
    ["verbosity", "ignored", ""],
  ],
};

const toField = ([name, does, why, only]: Row): Field => ({ name, does, why, ...only });

export const fields: Record<Face, readonly Field[]> = {
  responses: [...rows.responses, ...everywhere].map(toField),
  chat: [...rows.chat, ...everywhere].map(toField),
};

/**
 * Refuses what asks for something that its caller would not get.
 * @throws ProblemError `unsupported_parameter`
 */
export function refuseUnsupported(face: Face, body: Record<string, unknown>): void {
  for (const field of fields[face]) {
    for (const name of field.name.split(" / ")) {
      const value = body[name];
      if (value === undefined || value === null) continue;
      const refused = field.refuses ? field.refuses(value) : field.does === "refused";
      if (refused) throw unsupported(name, field);
    }
  }
}

const unsupported = (name: string, { refusedFor, why }: Field): Problem.ProblemError =>
  new Problem.ProblemError("unsupported_parameter", {
    message: `${name}${refusedFor ? ` with ${refusedFor.replaceAll("`", "")}` : ""} is not possible with this bot${why ? `: ${why.replaceAll("`", "")}` : ""}.`,
    param: name,
  });

/** The rows of the table in the documentation. */
export const fieldTable = (face: Face): string =>
  fields[face]
    .map(({ name, does, refusedFor, why }) => {
      const names = name
        .split(" / ")
        .map((it) => `\`${it}\``)
        .join(", ");
      return `| ${names} | ${does}${refusedFor ? `; refused: ${refusedFor}` : ""} | ${why} |`;
    })
    .join("\n");
