import type { Difference } from "./compare.ts";

/** What MiniStack 1.5.33 and our edge are known not to say alike, and which of them AWS is with. */
interface Known {
  /** All in which it occurs, where it is in the nature of the gateway. */
  rows: readonly string[] | "all";
  aspects: readonly string[];
  /** Where it is a body, what is in it. */
  ministack: string | RegExp;
  edge: string | RegExp;
  /** `open`: only an AWS account can tell; `neither`: AWS has a third answer. */
  right: "edge" | "ministack" | "neither" | "open";
  source: string;
}

const guide = "https://docs.aws.amazon.com/apigateway/latest/developerguide";
const inputFormat = `${guide}/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format`;
const multiValues = `${guide}/set-up-lambda-proxy-integrations.html#apigateway-multivalue-headers-and-parameters`;
const authorizerInput = `${guide}/api-gateway-lambda-authorizer-input.html`;
const responseTypes = `${guide}/supported-gateway-response-types.html`;
const quotas = `${guide}/limits.html`;
const liveCaptures =
  "REST APIs hand the path on percent-encoded: live captures, https://github.com/hotsock/voker/pull/8";

const events = ["authorizer", "published-api"] as const;
const inEvents = (...aspects: string[]) =>
  events.flatMap((kind) => aspects.map((aspect) => `${kind} event ${aspect}`));
/** The authorizer hands on the path that it was given, for the access log. */
const paths = [...inEvents("path"), "published-api event requestContext.authorizer.path"];
const forwarding = ["x-amzn-trace-id", "x-forwarded-port", "x-forwarded-proto"];
const identity = (...names: string[]) => names.map((name) => `requestContext.identity.${name}`);

const known: readonly Known[] = [
  {
    rows: "all",
    aspects: ["header x-amz-apigw-id", "header x-amzn-trace-id"],
    ministack: "none",
    edge: "some",
    right: "edge",
    source: `${guide}/api-gateway-mapping-template-reference.html: $context.extendedRequestId; seen in every captured answer`,
  },
  {
    rows: "all",
    aspects: inEvents(
      ...forwarding.map((name) => `headers.${name}`),
      ...forwarding.map((name) => `multiValueHeaders.${name}.0`),
    ),
    ministack: "absent",
    edge: "string",
    right: "edge",
    source: inputFormat,
  },
  {
    rows: "all",
    aspects: inEvents("headers.x-forwarded-for", "multiValueHeaders.x-forwarded-for.0"),
    ministack: "absent",
    edge: '"127.0.0.1"',
    right: "edge",
    source: inputFormat,
  },
  {
    rows: ["forwarded by somebody"],
    aspects: inEvents("headers.x-forwarded-for", "multiValueHeaders.x-forwarded-for.0"),
    ministack: '"192.0.2.7"',
    edge: '"192.0.2.7, 127.0.0.1"',
    right: "edge",
    source: `${inputFormat}: the address the gateway saw comes last`,
  },
  {
    rows: "all",
    aspects: inEvents("requestContext.domainName", "requestContext.domainPrefix"),
    ministack: "absent",
    edge: "string",
    right: "edge",
    source: inputFormat,
  },
  {
    rows: "all",
    aspects: inEvents(
      ...identity("accessKey", "accountId", "caller", "clientCert", "principalOrgId", "user"),
      ...identity("cognitoAuthenticationProvider", "cognitoAuthenticationType"),
      ...identity("cognitoIdentityId", "cognitoIdentityPoolId", "userArn"),
    ),
    ministack: "absent",
    edge: "null",
    right: "edge",
    source: inputFormat,
  },
  {
    rows: "all",
    aspects: ["apiKey", "apiKeyId"].map(
      (name) => `published-api event requestContext.identity.${name}`,
    ),
    ministack: "absent",
    edge: "string",
    right: "edge",
    source: `${inputFormat}: for methods that need a key`,
  },
  {
    rows: "all",
    aspects: inEvents("requestContext.identity.apiKey", "requestContext.identity.apiKeyId"),
    ministack: "absent",
    edge: "null",
    right: "open",
    source: `${inputFormat} says nothing of requests without a key`,
  },
  {
    rows: "all",
    aspects: inEvents("requestContext.identity.userAgent"),
    ministack: "string",
    edge: "null",
    right: "edge",
    source: `${inputFormat}: there is no User-Agent in these requests`,
  },
  {
    rows: "all",
    aspects: ["extendedRequestId", "path", "requestId", "requestTime"].map(
      (name) => `authorizer event requestContext.${name}`,
    ),
    ministack: "absent",
    edge: "string",
    right: "edge",
    source: authorizerInput,
  },
  {
    rows: "all",
    aspects: ["authorizer event requestContext.protocol"],
    ministack: "absent",
    edge: '"HTTP/1.1"',
    right: "edge",
    source: authorizerInput,
  },
  {
    rows: "all",
    aspects: ["authorizer event requestContext.requestTimeEpoch"],
    ministack: "absent",
    edge: "number",
    right: "edge",
    source: authorizerInput,
  },
  {
    rows: "all",
    aspects: ["published-api event requestContext.authorizer.integrationLatency"],
    ministack: "absent",
    edge: "number",
    right: "edge",
    source: `${guide}/api-gateway-mapping-template-reference.html: $context.authorizer.integrationLatency`,
  },
  {
    rows: "all",
    aspects: ["published-api event version"],
    ministack: "string",
    edge: "absent",
    right: "edge",
    source: `${inputFormat}: a version is in the events of HTTP APIs`,
  },
  {
    rows: ["no key", "bad key", "foreign key", "no key, from a browser"],
    aspects: ["header x-amzn-errortype"],
    ministack: "AccessDeniedException",
    edge: "ForbiddenException",
    right: "open",
    source: `${responseTypes} names no error type for ACCESS_DENIED; our edge lets no caller tell which check refused a key`,
  },
  {
    rows: ["key in no plan"],
    aspects: ["header x-amzn-errortype"],
    ministack: "none",
    edge: "ForbiddenException",
    right: "edge",
    source: `${responseTypes}: INVALID_API_KEY, captured with ForbiddenException`,
  },
  {
    rows: ["over quota"],
    aspects: ["header x-amzn-errortype"],
    ministack: "none",
    edge: "LimitExceededException",
    right: "edge",
    source: `${responseTypes}: QUOTA_EXCEEDED, captured with LimitExceededException`,
  },
  {
    rows: ["unknown API"],
    aspects: ["body"],
    ministack: '{"message": "Not Found"}',
    edge: '{"message":"Not Found"}',
    right: "neither",
    source:
      "on AWS the host name of an API that is gone answers 403, or no longer resolves; no page says which",
  },
  {
    rows: ["unknown API"],
    aspects: ["header x-amzn-errortype"],
    ministack: "none",
    edge: "NotFoundException",
    right: "neither",
    source:
      "on AWS the host name of an API that is gone answers 403, or no longer resolves; no page says which",
  },
  {
    rows: ["encoded space"],
    aspects: inEvents("path"),
    ministack: '"/conversation/a b"',
    edge: '"<path>"',
    right: "edge",
    source: liveCaptures,
  },
  {
    rows: ["encoded slash"],
    aspects: paths,
    ministack: '"/conversation/a/b"',
    edge: '"<path>"',
    right: "edge",
    source: liveCaptures,
  },
  {
    rows: ["twice encoded slash"],
    aspects: paths,
    ministack: '"/conversation/a%2Fb"',
    edge: '"<path>"',
    right: "edge",
    source: liveCaptures,
  },
  {
    rows: ["encoded slash"],
    aspects: ["body"],
    ministack: /"Message b not found in conversation a"/,
    edge: /"No conversation found with id: a\/b"/,
    right: "edge",
    source: liveCaptures,
  },
  {
    rows: ["twice encoded slash"],
    aspects: ["body"],
    ministack: /"No conversation found with id: a\/b"/,
    edge: /"No conversation found with id: a%2Fb"/,
    right: "edge",
    source: liveCaptures,
  },
  {
    rows: ["body that is no UTF-8"],
    aspects: ["body"],
    ministack: /must be one JSON document/,
    edge: /is not valid UTF-8/,
    right: "open",
    source: "What a gateway hands on of bytes that are no text is written nowhere.",
  },
  {
    rows: ["body that is no UTF-8"],
    aspects: ["published-api event body", "published-api event isBase64Encoded"],
    ministack: /^("\{\uFFFD+\}"|false)$/,
    edge: /^("e\/\/\+fQ=="|true)$/,
    right: "open",
    source: "What a gateway hands on of bytes that are no text is written nowhere.",
  },
  {
    rows: ["double slash"],
    aspects: ["status", "body", "header content-type"],
    ministack: /^(404|.*There is nothing at \/\/health.*|application\/problem\+json)$/s,
    edge: /^(200|\{"status":"ok"\}|application\/json)$/,
    right: "open",
    source: "Neither the guide nor a capture says what becomes of an empty segment of a path.",
  },
  {
    rows: ["over 10 MB"],
    aspects: ["status"],
    ministack: "422",
    edge: "413",
    right: "edge",
    source: quotas,
  },
  {
    rows: ["over 10 MB"],
    aspects: ["body"],
    ministack: /"code":"invalid_json"/,
    edge: "HTTP content length exceeded 10485760 bytes.",
    right: "edge",
    source: `${responseTypes}: REQUEST_TOO_LARGE`,
  },
  {
    rows: ["over 10 MB"],
    aspects: ["header content-type"],
    ministack: "application/problem+json",
    edge: "text; charset=utf-8",
    right: "open",
    source: `${responseTypes} names no content type for REQUEST_TOO_LARGE`,
  },
  {
    rows: ["over 10 MB"],
    aspects: ["header x-request-id"],
    ministack: "some",
    edge: "none",
    right: "edge",
    source: `${quotas}: the function is not asked, and it alone sets this header`,
  },
  {
    rows: ["over 10 MB"],
    aspects: events.map((kind) => `${kind} is asked`),
    ministack: "true",
    edge: "false",
    right: "edge",
    source: quotas,
  },
  {
    rows: ["encoded letters"],
    aspects: inEvents("path"),
    ministack: '"/conversation/é"',
    edge: '"<path>"',
    right: "edge",
    source: liveCaptures,
  },
  {
    rows: ["several values of a header"],
    aspects: inEvents("headers.x-many"),
    ministack: '"one, two"',
    edge: '"two"',
    right: "edge",
    source: multiValues,
  },
  {
    rows: ["several values of a header"],
    aspects: inEvents("multiValueHeaders.x-many.0"),
    ministack: '"one, two"',
    edge: '"one"',
    right: "edge",
    source: multiValues,
  },
  {
    rows: ["several values of a header"],
    aspects: inEvents("multiValueHeaders.x-many.1"),
    ministack: "absent",
    edge: '"two"',
    right: "edge",
    source: multiValues,
  },
  {
    rows: ["several values in the query"],
    aspects: inEvents("queryStringParameters.a"),
    ministack: '"1"',
    edge: '"2"',
    right: "edge",
    source: multiValues,
  },
];

/** @returns the place in the list, and which of its rows and aspects it is; nothing where unknown. */
export function find({ row, aspect, ministack, edge }: Difference): string | undefined {
  const index = known.findIndex(
    (one) =>
      (one.rows === "all" || one.rows.includes(row)) &&
      one.aspects.includes(aspect) &&
      says(one.ministack, ministack) &&
      says(one.edge, edge),
  );
  if (index < 0) return undefined;
  return `${index} ${known[index]?.rows === "all" ? "all" : row} ${aspect}`;
}

const says = (expected: string | RegExp, said: string): boolean =>
  typeof expected === "string" ? expected === said : expected.test(said);

/** Every row and aspect that is listed, as {@link find} names them. */
export const listed = (): string[] =>
  known.flatMap(({ rows, aspects }, index) =>
    (rows === "all" ? ["all"] : rows).flatMap((row) =>
      aspects.map((aspect) => `${index} ${row} ${aspect}`),
    ),
  );
