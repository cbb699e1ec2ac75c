import type { Value } from "@outlet/core/ports";
import type { Answer } from "./request-script.ts";

/** What is compared of one request: by aspect, as text. */
export type Facts = Map<string, string>;

const comparedHeaders = [
  "content-type",
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-expose-headers",
  "access-control-max-age",
  "allow",
  "content-encoding",
  "idempotent-replayed",
  "location",
  "retry-after",
  "vary",
  "x-amzn-errortype",
  "x-outlet-refused-by",
  "x-should-retry",
];
/** Of these only whether they are there: each is another one. */
const presentHeaders = ["x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id", "x-request-id"];

export function answerFacts({ status, headers, body }: Answer): Facts {
  const facts: Facts = new Map([["status", String(status)]]);
  facts.set("body", normalised(body));
  for (const name of comparedHeaders) facts.set(`header ${name}`, String(headers[name] ?? "none"));
  for (const name of presentHeaders) facts.set(`header ${name}`, headers[name] ? "some" : "none");
  return facts;
}

/** Ids, times and random parts are another each time. */
const normalised = (body: string): string =>
  body
    .replace(/[0-7][0-9A-HJKMNP-TV-Z]{25}/g, "<ulid>")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>")
    .replace(/"createTime":\d+/g, '"createTime":<time>')
    .replace(/\/(_aws\/execute-api\/)?[a-z0-9]{10}\/(api|other)(?=\/|")/g, "/<api>/$2");

/** Told by their values, because the application goes by them. */
const valued = [
  /^(resource|path|httpMethod|body|isBase64Encoded)$/,
  /^(queryStringParameters|multiValueQueryStringParameters|pathParameters)(\.|$)/,
  /^stageVariables\.botId$/,
  /^(headers|multiValueHeaders)\.(x-many|x-forwarded-for|content-type|origin)(\.|$)/,
  /^requestContext\.(stage|resourcePath|httpMethod|protocol|accountId|authorizer\.(?!integrationLatency).*)$/,
  /^type$/,
];
/** Of the caller's own, which differ between two runs. */
const private_ =
  /\.(content-length|host|connection|authorization|x-api-key|x-row|user-agent)(\.|$)/;

/** An event by the paths of what is in it: types, and values where they are compared. */
export function eventFacts(kind: string, event: Value): Facts {
  const facts: Facts = new Map();
  const visit = (path: string, value: Value) => {
    if (private_.test(path)) return;
    if (value !== null && typeof value === "object") {
      const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
      if (entries.length === 0) facts.set(`${kind} event ${path}`, "empty");
      for (const [name, inner] of entries) {
        const spelled = /^(multiValueH|h)eaders$/.test(path) ? String(name).toLowerCase() : name;
        visit(path ? `${path}.${spelled}` : String(spelled), inner);
      }
      return;
    }
    const told = valued.some((one) => one.test(path));
    const type = value === null ? "null" : typeof value;
    facts.set(`${kind} event ${path}`, told ? normalised(JSON.stringify(value)) : type);
  };
  visit("", event);
  return facts;
}

/** Where two gateways do not say the same. */
export interface Difference {
  row: string;
  aspect: string;
  ministack: string;
  edge: string;
}

export function differences(row: string, ministack: Facts, edge: Facts): Difference[] {
  // Where only one of them asked a function, that is the difference, not all of its event.
  const asked = (facts: Facts, kind: string) => facts.get(`${kind} is asked`);
  const aspects = [...new Set([...ministack.keys(), ...edge.keys()])].filter((aspect) => {
    const kind = / event /.test(aspect) ? (aspect.split(" ")[0] ?? "") : undefined;
    return kind === undefined || asked(ministack, kind) === asked(edge, kind);
  });
  return aspects.flatMap((aspect) => {
    const [a = "absent", b = "absent"] = [ministack.get(aspect), edge.get(aspect)];
    return a === b ? [] : [{ row, aspect, ministack: a.slice(0, 300), edge: b.slice(0, 300) }];
  });
}
