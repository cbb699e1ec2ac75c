import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { rows } from "../../src/smoke/run.ts";
import type { Target } from "../../src/smoke/target.ts";
import { createAwsView } from "../../src/smoke/targets/aws.ts";
import { judgeRows } from "../../src/smoke/verdict.ts";
import { SmokeWorld } from "../../src/smoke/world.ts";

/** API Gateway's answers about a bot's API, as its API reference words them, by path. */
let answers: Record<string, unknown>;
const guarded = { apiKeyRequired: true, authorizationType: "CUSTOM", authorizerId: "auth1" };
const open = { apiKeyRequired: false, authorizationType: "NONE" };
const passing = {
  statusCode: "503",
  responseParameters: { "gatewayresponse.header.Retry-After": "'2'" },
};

beforeEach(() => {
  answers = {
    "/restapis/api1/resources": {
      item: [
        { id: "root", path: "/", resourceMethods: { GET: {}, OPTIONS: {} } },
        { id: "proxy", path: "/{proxy+}", resourceMethods: { POST: {} } },
      ],
    },
    "/restapis/api1/resources/root/methods/GET": guarded,
    "/restapis/api1/resources/root/methods/OPTIONS": open,
    "/restapis/api1/resources/proxy/methods/POST": guarded,
    "/restapis/api1/gatewayresponses/AUTHORIZER_FAILURE": passing,
    "/restapis/api1/gatewayresponses/AUTHORIZER_CONFIGURATION_ERROR": passing,
  };
});

const stack = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
<StackName>outlet-prod-bot-01BOT</StackName><StackStatus>CREATE_COMPLETE</StackStatus>
<CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs><member><OutputKey>RestApiId</OutputKey>
<OutputValue>api1</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;

let server: Server;
beforeAll(async () => {
  server = createServer((req, res) => {
    if (req.method === "POST") return void res.end(stack);
    const answer = answers[new URL(req.url ?? "/", "http://aws").pathname];
    res.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    res.end(JSON.stringify(answer ?? { message: "Not found" }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const unasked = async () => {
  throw new Error("These rows ask AWS alone");
};

/** What a row says of the API of a bot that was published. */
async function judge(id: string): Promise<string> {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const target: Target = {
    name: "a gateway",
    control: unasked,
    stream: unasked,
    client: unasked,
    tokenOf: unasked,
    aws: createAwsView({ endpoint, region: "us-east-1", credentials }, "prod"),
    cannot: {},
    patienceMs: { publish: 0, key: 0, limits: 0, metrics: 0 },
    cleanUp: async () => {},
  };
  const world = new SmokeWorld(target);
  world.botId = "01BOT";
  world.endpoint = "https://api1.execute-api.us-east-1.amazonaws.com/api";
  const row = rows.filter((one) => one.id === id);
  const [judged] = await judgeRows(row, world, {}, () => {});
  return `${judged?.verdict} ${judged?.seen}`;
}

test("methods behind key and authorizer pass, with a preflight that is behind neither", async () => {
  expect(await judge("api_shape")).toBe("PASS 3 methods");
});

test.each([
  [
    "a method that asks for one of the two alone",
    "proxy/methods/POST",
    { ...guarded, apiKeyRequired: false },
  ],
  ["a method without an authorizer", "root/methods/GET", { ...open, apiKeyRequired: true }],
  ["a preflight that asks for a key", "root/methods/OPTIONS", { ...open, apiKeyRequired: true }],
])("%s fails by name", async (_, method, answer) => {
  answers[`/restapis/api1/resources/${method}`] = answer;
  const [, verb] = method.split("/methods/");
  expect(await judge("api_shape")).toMatch(new RegExp(`^FAIL ${verb} /.*: apiKeyRequired`));
});

test("an authorizer's failure passes as 503 with a time to come back, and fails as AWS has it", async () => {
  expect(await judge("authorizer_failure")).toMatch(/^PASS .*503 after '2'.*503 after '2'/);
  answers["/restapis/api1/gatewayresponses/AUTHORIZER_CONFIGURATION_ERROR"] = {
    statusCode: "500",
    responseParameters: {},
    defaultResponse: true,
  };
  expect(await judge("authorizer_failure")).toBe(
    "FAIL AUTHORIZER_CONFIGURATION_ERROR: 500, undefined",
  );
});
