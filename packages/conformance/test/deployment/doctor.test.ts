import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type Outlet, startOutlet } from "@outlet/local/runtime/runtime-fixture";
import { afterAll, beforeAll, expect, test } from "vitest";
import { doctor } from "../../src/doctor/run.ts";

const env = { OUTLET_PUBLISHED_API_ALLOWED_IPV4: "203.0.113.0/24" };
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const account = "111122223333";

type Answers = Record<string, [status: number, body: unknown, error?: string]>;

/** An account that is as it should be; an operation is named by its target, action or path. */
const well: Answers = {
  GetCallerIdentity: [
    200,
    `<R><Arn>arn:aws:iam::${account}:user/ann</Arn><Account>${account}</Account></R>`,
  ],
  "/2016-08-19/account-settings/": [200, { AccountLimit: { ConcurrentExecutions: 1_000 } }],
  "/restapis": [200, { item: [{ id: "a" }, { id: "b" }] }],
  "/usageplans": [200, { item: [{ id: "a" }] }],
  "/apikeys": [200, { item: [] }],
  "ServiceQuotasV20190624.GetServiceQuota": [200, { Quota: { Value: 300 } }],
  "/account": [200, { cloudwatchRoleArn: "arn:aws:iam::1:role/logs" }],
  "AWSCognitoIdentityProviderService.DescribeUserPoolDomain": [200, { DomainDescription: {} }],
  converse: [200, { output: { message: { role: "assistant", content: [{ text: "H" }] } } }],
};

/** Account, Region and everything in it, on the wire. */
async function withAws<T>(answers: Answers, work: (endpoint: string) => Promise<T>): Promise<T> {
  const server = createServer(async (req, res) => {
    const [status, body, error] = answers[await operationOf(req)] ?? [404, {}, "NoSuchOperation"];
    res.writeHead(status, error ? { "x-amzn-errortype": error } : {});
    res.end(typeof body === "string" ? body : JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function operationOf(req: IncomingMessage): Promise<string> {
  let body = "";
  for await (const piece of req) body += String(piece);
  const path = new URL(req.url ?? "/", "http://aws").pathname;
  if (path.endsWith("/converse")) return "converse";
  return (
    String(req.headers["x-amz-target"] ?? "") || new URLSearchParams(body).get("Action") || path
  );
}

const examine = (answers: Answers, more: Record<string, string> = {}, stage = "prod") =>
  withAws(answers, (endpoint) =>
    doctor({ stage, env: { ...env, ...more }, endpoint, credentials }),
  );

const shown = (findings: Awaited<ReturnType<typeof doctor>>) =>
  findings.map(({ verdict, what, found }) => `${verdict} ${what}: ${found}`);

test("an account that is ready is found so, line by line", async () => {
  expect(shown(await examine(well))).toEqual([
    "ok settings, among them profiles for this Region: complete and well formed",
    "ok addresses that may call published bots: 1 of IPv4, 0 of IPv6",
    `ok credentials and Region: arn:aws:iam::${account}:user/ann in us-east-1`,
    "ok Lambda's concurrency: 1000",
    "ok REST APIs of API Gateway: 2 of 600 used",
    "ok usage plans of API Gateway: 1 of 300 used",
    "ok API keys of API Gateway: 0 of 10000 used",
    "ok API Gateway's role for CloudWatch Logs: arn:aws:iam::1:role/logs",
    `ok the sign-in page's address: outlet-prod-${account}, free`,
    "ok access to claude-v4.5-haiku: it answers",
    "ok access to amazon-nova-pro: it answers",
    "ok access to amazon-nova-lite: it answers",
  ]);
});

test.each<[string, Answers, string, RegExp]>([
  [
    "a new account's ten executions",
    { "/2016-08-19/account-settings/": [200, { AccountLimit: { ConcurrentExecutions: 10 } }] },
    "Lambda's concurrency",
    /L-B99A9384/,
  ],
  [
    "usage plans at their quota",
    { "ServiceQuotasV20190624.GetServiceQuota": [200, { Quota: { Value: 1 } }] },
    "usage plans of API Gateway",
    /L-E8693075/,
  ],
  [
    "a model without subscription and form",
    { converse: [403, { message: "Model access is denied" }, "AccessDeniedException"] },
    "access to claude-v4.5-haiku",
    /Anthropic's use-case form/,
  ],
  [
    "a prefix of somebody else's",
    {
      "AWSCognitoIdentityProviderService.DescribeUserPoolDomain": [
        200,
        { DomainDescription: { AWSAccountId: "999999999999" } },
      ],
    },
    "the sign-in page's address",
    /another stage/,
  ],
  [
    "credentials that have expired",
    { GetCallerIdentity: [403, "<Code>ExpiredToken</Code><Message>expired</Message>"] },
    "credentials and Region",
    /aws sso login/,
  ],
])("%s is to be mended, and it is said how", async (_, worse, what, how) => {
  const finding = (await examine({ ...well, ...worse })).find((one) => one.what === what);
  expect(finding).toMatchObject({ verdict: "mend", mend: expect.stringMatching(how) });
});

test("wrong settings are named before anybody is asked", async () => {
  const findings = await examine(well, { OUTLET_MODELS: "no-such-model" });
  expect(findings[0]).toMatchObject({
    verdict: "mend",
    mend: expect.stringContaining("no-such-model"),
  });
});

test("what may not be looked at is unknown, with the reason", async () => {
  const denied: Answers[string] = [403, { message: "no" }, "AccessDeniedException"];
  const findings = await examine({ ...well, "/restapis": denied });
  expect(findings.find(({ what }) => what.startsWith("REST APIs"))).toMatchObject({
    verdict: "unknown",
    found: "not seen: AccessDeniedException, no",
  });
});

let outlet: Outlet;
beforeAll(async () => {
  outlet = await startOutlet();
});
afterAll(() => outlet?.stop());

test("at an embedded Outlet what only AWS has is unknown, and nothing breaks off", async () => {
  const endpoint = new URL(outlet.ready.consoleUrl).origin;
  const findings = await doctor({ stage: "dev", env, endpoint, credentials });
  expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set(["ok", "unknown"]));
  for (const { verdict, found } of findings) if (verdict === "unknown") expect(found).not.toBe("");
});
