import * as v from "valibot";
import * as Members from "../../foundation/members/index.ts";

/** What Converse and OpenAI both take for a tool's name. */
export const Name = v.pipe(
  v.string(),
  v.regex(/^[a-zA-Z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -"),
);

/** JSON Schema as text: the table knows no arbitrary JSON. */
const SchemaText = v.pipe(v.string(), v.maxLength(50_000));

/** One thing that a remote tool can do, as the model is told of it. */
export const Function = v.object({
  name: Name,
  description: v.string(),
  inputSchema: SchemaText,
  /** Whether calling it twice does no more than calling it once. */
  isSafeToRepeat: v.boolean(),
});
export type Function = v.InferOutput<typeof Function>;

/** How a value is written where it goes (OpenAPI 3.1, 4.8.12). */
const styles = [
  "simple",
  "form",
  "spaceDelimited",
  "pipeDelimited",
  "deepObject",
  "json",
  "urlencoded",
] as const;

/** Searches the bot's own knowledge; where it is allowed, passages are not given unasked. */
const Knowledge = v.object({ kind: v.literal("knowledge") });
const Calculator = v.object({ kind: v.literal("calculator") });
const Time = v.object({ kind: v.literal("time") });

/** Asks another published bot of this installation. */
const OtherBot = v.object({
  kind: v.literal("bot"),
  botId: v.string(),
  name: Name,
  description: v.string(),
});

/** How calls say who makes them. The secret itself lies in the store of secrets. */
export const Credential = v.variant("kind", [
  v.object({ kind: v.literal("header"), name: v.string(), secretId: v.string() }),
  v.object({ kind: v.literal("query"), name: v.string(), secretId: v.string() }),
  v.object({ kind: v.literal("bearer"), secretId: v.string() }),
  v.object({ kind: v.literal("basic"), username: v.string(), secretId: v.string() }),
]);
export type Credential = v.InferOutput<typeof Credential>;

/** Operations of one service, picked out of its OpenAPI document. */
const Http = v.object({
  kind: v.literal("http"),
  title: v.string(),
  baseUrl: v.string(),
  /** Hosts that it may reach, redirects and all. */
  hosts: v.array(v.string()),
  credential: v.exactOptional(v.nullable(Credential)),
  operations: v.array(
    v.object({
      ...Function.entries,
      /** `POST /pets/{id}`: names it within its document. */
      key: v.string(),
      method: v.picklist(["get", "post", "put", "patch", "delete", "head"]),
      /** With `{names}` in it. */
      path: v.string(),
      /** Where each member of the input goes. */
      parameters: v.array(
        v.object({
          /** Its name in the input. */
          member: v.string(),
          name: v.string(),
          in: v.picklist(["path", "query", "header", "body"]),
          style: v.picklist(styles),
          explode: v.boolean(),
          required: v.boolean(),
        }),
      ),
      /**
       * What the owner has set, as JSON, by the member of the input or `body.` and the member of the
       * body: the model is not told of it.
       */
      fixed: Members.of(v.string(), v.string()),
      /** What of an answer the model gets, as a path of members (`items.0.name`). */
      responsePath: v.nullable(v.string()),
    }),
  ),
});

/** Tools of a remote MCP server, picked out of its list. */
const Mcp = v.object({
  kind: v.literal("mcp"),
  title: v.string(),
  url: v.string(),
  hosts: v.array(v.string()),
  /** Sent with each request, besides those of the protocol. */
  headers: v.array(v.object({ name: v.string(), secretId: v.string() })),
  /** When the server's list was last compared, epoch milliseconds. */
  checkedAt: v.number(),
  tools: v.array(
    v.object({
      ...Function.entries,
      /** As the server calls it. */
      remoteName: v.string(),
      /** Of the definition that the owner has approved. */
      digest: v.string(),
      /** Not offered until the owner approves: its definition has changed since, or it is gone. */
      pause: v.nullable(
        v.object({
          cause: v.picklist(["changed", "gone"]),
          /** As it is now. */
          definition: v.nullable(
            v.object({
              description: v.string(),
              inputSchema: SchemaText,
              isSafeToRepeat: v.boolean(),
              digest: v.string(),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** What a tool is, by its kind. */
export const Setting = v.variant("kind", [Knowledge, Calculator, Time, OtherBot, Http, Mcp]);
export type Setting = v.InferOutput<typeof Setting>;
export type SettingOf<K extends Setting["kind"]> = Extract<Setting, { kind: K }>;

/** A call is cut off where it takes or brings more. A result has to fit into one item of the table. */
export const Limits = v.strictObject({
  timeMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(60_000)), 20_000),
  sizeMax: v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(50_000)), 32_000),
  callsMax: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50)), 10),
});
export type Limits = v.InferOutput<typeof Limits>;

export const allowedMax = 50;

/** What a bot may do with its tools: a part of the bot. */
export const Use = v.strictObject({
  /** Ids of the tools that the model is offered, and no others. */
  allowed: v.optional(
    v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(64))), v.maxLength(allowedMax)),
    [],
  ),
  /** How often the model may call tools, one after the other, before it has to answer. */
  roundsMax: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20)), 5),
  /** Seconds from the first call on, after which it has to answer. */
  secondsMax: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(600)), 120),
});
export type Use = v.InferOutput<typeof Use>;

/** Of bots that were made before there were tools, too. */
export const none: Use = { allowed: [], roundsMax: 5, secondsMax: 120 };
