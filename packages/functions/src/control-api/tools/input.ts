import * as OpenApi from "@outlet/core/bots/openapi";
import * as Tools from "@outlet/core/bots/tools";
import { secretBytesMax } from "@outlet/core/ports";
import * as v from "valibot";
import * as Members from "@outlet/core/foundation/members";

const Title = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100));

/** The address of a service or a server: without a name, a password or a fragment in it. */
const Address = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(2_000),
  v.check(
    isAddress,
    "must be an address such as https://api.example.com, without a user name in it",
  ),
);

function isAddress(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === ""
  );
}

const Host = v.pipe(
  v.string(),
  v.trim(),
  v.toLowerCase(),
  v.regex(
    /^(\*\.)?(\[[0-9a-f:.]{2,45}\]|[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){0,10})$/,
    "must be a host such as api.example.com, or *.example.com for those below it",
  ),
);
const Hosts = v.pipe(v.array(Host), v.minLength(1), v.maxLength(20));

const HeaderName = v.pipe(
  v.string(),
  v.regex(/^[!#$%&'*+.^`|~\w-]{1,100}$/, "must be the name of a header"),
  v.check((name) => !connection.has(name.toLowerCase()), "is a header of the connection itself"),
);
const connection = new Set(
  "connection host keep-alive te trailer transfer-encoding upgrade content-length expect proxy-authorization content-type accept mcp-session-id mcp-protocol-version".split(
    " ",
  ),
);

/** Visible and without line breaks: it stands in a header or an address. */
const Secret = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxBytes(secretBytesMax),
  v.regex(/^[\x20-\x7e]+$/, "must be ASCII without line breaks"),
);

/** Absent, the value stays what it is. */
const value = v.optional(Secret);
const Credential = v.variant("kind", [
  v.strictObject({ kind: v.literal("header"), name: HeaderName, value }),
  v.strictObject({
    kind: v.literal("query"),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
    value,
  }),
  v.strictObject({ kind: v.literal("bearer"), value }),
  v.strictObject({
    kind: v.literal("basic"),
    username: v.pipe(
      v.string(),
      v.regex(/^[\x20-\x39\x3b-\x7e]{0,200}$/, "must be ASCII without a colon"),
    ),
    value,
  }),
]);
export type CredentialInput = v.InferOutput<typeof Credential>;

const Picked = v.strictObject({
  /** `POST /pets/{id}`, as the preview names it. */
  key: v.pipe(v.string(), v.minLength(1), v.maxLength(600)),
  /** What the model calls it by; as the document has it where absent. */
  name: v.optional(Tools.Name),
  description: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1_000))),
  fixed: v.optional(
    v.pipe(
      Members.of(
        v.pipe(v.string(), v.maxLength(100)),
        v.union([v.pipe(v.string(), v.maxLength(2_000)), v.number(), v.boolean()]),
      ),
      v.maxEntries(30),
    ),
    {},
  ),
  responsePath: v.optional(
    v.nullable(
      v.pipe(
        v.string(),
        v.maxLength(200),
        v.regex(
          OpenApi.pathPattern,
          "must be names with dots between, such as items.0.name or items.*.name",
        ),
      ),
    ),
    null,
  ),
});

/** How many functions one tool may have: the model is told of each with every request. */
const functionsMax = 40;

/** Where a description of a service comes from: the text of it, or an address. */
const source = {
  document: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(OpenApi.jsonMax))),
  documentUrl: v.optional(Address),
};

const Http = v.strictObject({
  kind: v.literal("http"),
  title: Title,
  baseUrl: Address,
  hosts: v.optional(Hosts),
  credential: v.optional(v.nullable(Credential), null),
  ...source,
  operations: v.pipe(v.array(Picked), v.minLength(1), v.maxLength(functionsMax)),
});

const Headers = v.pipe(v.array(v.strictObject({ name: HeaderName, value })), v.maxLength(10));

const Mcp = v.strictObject({
  kind: v.literal("mcp"),
  title: Title,
  url: Address,
  hosts: v.optional(Hosts),
  headers: v.optional(Headers, []),
  tools: v.pipe(
    v.array(
      v.strictObject({
        remoteName: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
        name: v.optional(Tools.Name),
      }),
    ),
    v.minLength(1),
    v.maxLength(functionsMax),
  ),
});

const Setting = v.variant("kind", [
  v.strictObject({ kind: v.literal("knowledge") }),
  v.strictObject({ kind: v.literal("calculator") }),
  v.strictObject({ kind: v.literal("time") }),
  v.strictObject({
    kind: v.literal("bot"),
    botId: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
    name: Tools.Name,
    description: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1_000)),
  }),
  Http,
  Mcp,
]);
export type SettingInput = v.InferOutput<typeof Setting>;
export type HttpInput = v.InferOutput<typeof Http>;
export type McpInput = v.InferOutput<typeof Mcp>;

/** A tool whole; what is absent of its limits is as it is by default. */
export const Put = v.strictObject({ setting: Setting, limits: v.optional(Tools.Limits, {}) });

export const PreviewOpenApi = v.strictObject(source);
export type Source = v.InferOutput<typeof PreviewOpenApi>;

/** Values of headers are used for this look alone. */
export const PreviewMcp = v.strictObject({
  url: Address,
  hosts: v.optional(Hosts),
  headers: v.optional(Headers, []),
  /** Of this tool, header values that are not said are taken, where it is at the same origin. */
  toolId: v.optional(v.pipe(v.string(), v.maxLength(64))),
});

export const Approve = v.strictObject({
  remoteName: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  /** Of the definition that was looked at. */
  digest: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
});

export const WriteSecret = v.strictObject({
  /** Of the header of an MCP server; absent for the credential of a service. */
  header: v.optional(HeaderName),
  value: Secret,
});

export const Try = v.strictObject({
  /** Which of the tool's functions. */
  name: Tools.Name,
  input: v.optional(Members.of(v.string(), v.unknown()), {}),
});
