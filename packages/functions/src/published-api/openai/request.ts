import type { Sampling } from "@outlet/core/conversations/run";
import * as v from "valibot";
import * as Members from "@outlet/core/foundation/members";
import { invalidJson, invalidRequest } from "../../http/problems.ts";
import { invalid } from "./content.ts";
import { CallerWebhook } from "../webhooks.ts";
import { type Face, refuseUnsupported } from "./fields.ts";
import { readChatMessages, readInput, type Said } from "./input.ts";

/** A request to `/v1`, in either dialect. */
export interface Asking {
  face: Face;
  model: string | null;
  said: Said[];
  instructions: string | null;
  sampling: Sampling;
  reasoning: boolean;
  format: Format | null;
  stream: boolean;
  /** Chat alone: a last chunk with what was used. */
  includeUsage: boolean;
  background: boolean;
  kept: boolean;
  /** Run id. */
  previous: string | null;
  metadata: Record<string, string>;
  endUser: string | null;
  webhook: CallerWebhook | null;
}

export interface Format {
  name: string;
  /** JSON Schema as text; `null`: any JSON object. */
  schema: string | null;
  /** The field that asked for it. */
  param: string;
}

const orNull = <T>(value: T | null | undefined): T | null => value ?? null;
const text = (most: number) => v.nullish(v.pipe(v.string(), v.maxLength(most)));
const flag = v.nullish(v.boolean());
const tokens = v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1)));
const within = (most: number) => v.nullish(v.pipe(v.number(), v.minValue(0), v.maxValue(most)));

/** https://platform.openai.com/docs/api-reference/responses/create#responses-create-metadata */
const Metadata = v.nullish(
  v.pipe(
    Members.of(
      v.pipe(v.string(), v.maxLength(64, "keys must have at most 64 characters")),
      v.pipe(v.string(), v.maxLength(512)),
    ),
    v.check((pairs) => Object.keys(pairs).length <= 16, "must have at most 16 pairs"),
  ),
);

const schemaMax = 100_000;
const Schema = v.pipe(
  Members.of(v.string(), v.unknown()),
  v.transform((schema) => JSON.stringify(schema)),
  v.maxLength(schemaMax, `must have at most ${schemaMax} characters as JSON`),
);
const Name = v.optional(
  v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1–64 letters, digits, _ or -")),
  "answer",
);
const Text = v.object({ type: v.literal("text") });
const AnyObject = v.object({ type: v.literal("json_object") });

const Common = {
  model: text(300),
  stream: flag,
  metadata: Metadata,
  temperature: within(2),
  top_p: within(1),
  user: text(512),
  safety_identifier: text(512),
  store: flag,
};

const instructionsMax = 50_000;

const ResponsesBody = v.looseObject({
  ...Common,
  input: v.unknown(),
  instructions: text(instructionsMax),
  background: flag,
  previous_response_id: text(300),
  max_output_tokens: tokens,
  text: v.nullish(
    v.object({
      format: v.nullish(
        v.variant("type", [
          Text,
          AnyObject,
          v.object({ type: v.literal("json_schema"), name: Name, schema: v.nullish(Schema) }),
        ]),
      ),
    }),
  ),
  reasoning: v.nullish(v.object({ effort: text(40) })),
  webhook: v.nullish(CallerWebhook),
});

const Stop = v.nullish(
  v.union([
    v.pipe(v.string(), v.maxLength(100)),
    v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.maxLength(4)),
  ]),
);

const ChatBody = v.looseObject({
  ...Common,
  messages: v.unknown(),
  max_completion_tokens: tokens,
  max_tokens: tokens,
  stop: Stop,
  stream_options: v.nullish(v.object({ include_usage: flag })),
  n: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(128))),
  reasoning_effort: text(40),
  response_format: v.nullish(
    v.variant("type", [
      Text,
      AnyObject,
      v.object({
        type: v.literal("json_schema"),
        json_schema: v.object({ name: Name, schema: v.nullish(Schema) }),
      }),
    ]),
  ),
});

/** @throws ProblemError `invalid_json`, `invalid_request` or `unsupported_parameter` */
function parse<S extends v.GenericSchema>(face: Face, schema: S, body: string): v.InferOutput<S> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw invalidJson();
  }
  const record = v.safeParse(Members.of(v.string(), v.unknown()), json);
  if (!record.success) throw invalidRequest(record.issues);
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) throw invalidRequest(parsed.issues);
  refuseUnsupported(face, record.output);
  return parsed.output;
}

const toSchema = (schema: string | null | undefined): string | null =>
  schema === undefined || schema === "{}" ? null : (schema ?? null);

/** `none` and `minimal` let a model think no more than it must, which is what it does without. */
const asksToReason = (effort: string | null | undefined): boolean =>
  effort !== null && effort !== undefined && !["none", "minimal"].includes(effort);

export function parseResponse(body: string): Asking {
  const asked = parse("responses", ResponsesBody, body);
  const format = asked.text?.format;
  const kept = asked.store ?? true;
  const background = asked.background ?? false;
  if (background && !kept) {
    throw invalid(
      "background",
      "is not possible with store: false, for nothing could be read later",
    );
  }
  const previous = orNull(asked.previous_response_id);
  return {
    face: "responses",
    model: orNull(asked.model),
    said: readInput(asked.input),
    instructions: orNull(asked.instructions),
    sampling: {
      maxTokens: orNull(asked.max_output_tokens),
      temperature: orNull(asked.temperature),
      topP: orNull(asked.top_p),
      stopSequences: [],
    },
    reasoning: asksToReason(asked.reasoning?.effort),
    format:
      !format || format.type === "text"
        ? null
        : {
            name: format.type === "json_schema" ? format.name : "answer",
            schema: format.type === "json_schema" ? toSchema(format.schema) : null,
            param: "text.format",
          },
    stream: asked.stream ?? false,
    includeUsage: true,
    background,
    kept,
    previous: previous === null ? null : (runIdOfResponse(previous) ?? ""),
    metadata: asked.metadata ?? {},
    endUser: orNull(asked.safety_identifier ?? asked.user),
    webhook: orNull(asked.webhook),
  };
}

export function parseChat(body: string): Asking {
  const asked = parse("chat", ChatBody, body);
  const format = asked.response_format;
  const stop = typeof asked.stop === "string" ? [asked.stop] : (asked.stop ?? []);
  return {
    face: "chat",
    model: orNull(asked.model),
    said: readChatMessages(asked.messages),
    instructions: null,
    sampling: {
      maxTokens: asked.max_completion_tokens ?? asked.max_tokens ?? null,
      temperature: orNull(asked.temperature),
      topP: orNull(asked.top_p),
      // Converse refuses empty ones.
      stopSequences: stop.filter((sequence) => sequence !== ""),
    },
    reasoning: asksToReason(asked.reasoning_effort),
    format:
      !format || format.type === "text"
        ? null
        : {
            name: format.type === "json_schema" ? format.json_schema.name : "answer",
            schema: format.type === "json_schema" ? toSchema(format.json_schema.schema) : null,
            param: "response_format",
          },
    stream: asked.stream ?? false,
    includeUsage: asked.stream_options?.include_usage ?? false,
    background: false,
    kept: false,
    previous: null,
    metadata: asked.metadata ?? {},
    endUser: orNull(asked.safety_identifier ?? asked.user),
    webhook: null,
  };
}

/** `resp_{run id}` */
export const runIdOfResponse = (id: string): string | undefined =>
  /^resp_([0-7][0-9A-HJKMNP-TV-Z]{25})$/.exec(id)?.[1];
