import { APIGatewayClient, GetApiKeysCommand } from "@aws-sdk/client-api-gateway";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  UpdateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { doctor } from "@outlet/conformance/doctor/run";
import { smoke } from "@outlet/conformance/smoke/run";
import { startFunction } from "../lambda-host/host.ts";
import { runtimeClient } from "../tools.ts";
import { root } from "../program.ts";
import { requestEvent } from "./events.ts";
import { startHaltingModel } from "./halting-model.ts";
import { commandLine, createUser, signIn, type User } from "./sign-in.ts";
import { settings, stage } from "./settings.ts";
import { cannot, credentials, smokeTarget } from "./smoke-target.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let owner: User;
let ownerToken: string;
let strangerToken: string;
let adminToken: string;

beforeAll(async () => {
  world = await startWorld();
  const { app } = world;
  const tokenOf = async (user: User) => (await signIn(app, commandLine(app), user)).access_token;
  owner = await createUser(app, "ann@example.com", ["PublishAllowed"]);
  ownerToken = await tokenOf(owner);
  strangerToken = await tokenOf(await createUser(app, "bob@example.com", []));
  adminToken = await tokenOf(await createUser(app, "eve@example.com", ["Admin"]));
}, 180_000);
afterAll(() => world?.stop());

function controlEvent(token: string, method: string, path: string, body?: unknown) {
  const [bare = "", query] = path.split("?");
  return requestEvent("", method, `/api${bare}`, {
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    queryStringParameters: query ? Object.fromEntries(new URLSearchParams(query)) : null,
    body: body === undefined ? null : JSON.stringify(body),
  });
}

/** The console's way to the control API's function. */
const control = (token: string, method: string, path: string, body?: unknown) =>
  world.http("control-api", controlEvent(token, method, path, body));

test("everything is made but what the emulator has no counterpart of", () => {
  const { skipped, ignored } = world.app;
  expect({ skipped: Object.keys(skipped).sort(), ignored }).toMatchInlineSnapshot(`
    {
      "ignored": {
        "aws:apigateway/deployment:Deployment": [
          "triggers",
        ],
        "aws:s3/bucket:Bucket": [
          "forceDestroy",
        ],
        "aws:s3/bucketObjectv2:BucketObjectv2": [
          "source",
        ],
      },
      "skipped": [
        "aws:cloudfront/cachePolicy:CachePolicy",
        "aws:cloudfront/distribution:Distribution",
        "aws:cloudfront/function:Function",
        "aws:cloudfront/keyValueStore:KeyValueStore",
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cognito/userPoolDomain:UserPoolDomain",
        "aws:lambda/functionRecursionConfig:FunctionRecursionConfig",
        "command:local:Command",
        "pulumi-nodejs:dynamic:Resource",
      ],
    }
  `);
});

test("SST's own diff has run, and found the committed types true", async () => {
  expect(await readFile(join(root, "sst-env.d.ts"), "utf8")).toBe(inject("committedTypes"));
});

describe("a bot, by way of the functions as they are declared", () => {
  const title = "Applied";
  let botId: string;
  let endpoint: string;
  let keyId: string;
  let secret: string;

  const publication = (path = "") => `/bots/${botId}/publication${path}`;
  const client = (value: string, method: string, path: string, body?: unknown) =>
    fetch(`${endpoint}${path}`, {
      method,
      headers: { "x-api-key": value, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  /** Settles by queues, their functions and the deployer's own delays. */
  const reaches = (status: string) =>
    vi.waitFor(
      async () => {
        const { body } = await control(ownerToken, "GET", publication());
        expect(body).toMatchObject({ status });
        return body;
      },
      { timeout: 90_000, interval: 500 },
    );

  test("is created and shared by its owner", async () => {
    const instruction = 'Begin with "Outlet publishes bots."';
    const made = await control(ownerToken, "POST", "/bots", { title, instruction });
    expect(made).toMatchObject({ status: 201 });
    ({ botId } = v.parse(v.object({ botId: v.string() }), made.body));
    const shared = await control(ownerToken, "PUT", `/bots/${botId}/sharing`, { scope: "all" });
    expect(shared).toMatchObject({ status: 200 });
  });

  test("is not published by somebody outside the group, be it theirs or not", async () => {
    expect(await control(strangerToken, "POST", publication(), {})).toMatchObject({ status: 404 });
    const own = await control(strangerToken, "POST", "/bots", { title: "Bob's" });
    const refused = await control(
      strangerToken,
      "POST",
      `/bots/${String(own.body?.botId)}/publication`,
      {},
    );
    expect(refused).toMatchObject({
      status: 403,
      body: { error: { code: "publish_not_allowed" } },
    });
  });

  test("is published when its owner says so, and the deployer has reached it", async () => {
    const accepted = await control(ownerToken, "POST", publication(), { quota: null });
    expect(accepted).toMatchObject({ status: 202, body: { status: "publishing" } });
    const body = await reaches("published");
    endpoint = world.gateway.reach(v.parse(v.object({ endpoint: v.string() }), body).endpoint);
  }, 120_000);

  test("answers a client who has a key, and nobody else", async () => {
    const made = await control(ownerToken, "POST", publication("/keys"), { label: "k" });
    const Made = v.object({ keyId: v.string(), value: v.string() });
    ({ keyId, value: secret } = v.parse(Made, made.body));
    expect((await client("outlet_nobody", "GET", "/health")).status).toBe(403);
    const message = { content: [{ contentType: "text", body: "What does Outlet publish?" }] };
    const sent = await client(secret, "POST", "/conversation", { message });
    expect(sent.status).toBe(200);
    const Sent = v.object({ conversationId: v.string(), messageId: v.string() });
    const { conversationId, messageId } = v.parse(Sent, await sent.json());
    await vi.waitFor(
      async () => {
        const answer = await client(secret, "GET", `/conversation/${conversationId}/${messageId}`);
        expect(answer.status).toBe(200);
        expect(await answer.text()).toContain("Outlet publishes bots");
      },
      { timeout: 60_000, interval: 300 },
    );
  }, 90_000);

  test("has its usage counted by key, and its owner's acts written down", async () => {
    const { body } = await control(ownerToken, "GET", publication("/usage?by=key"));
    expect(body).toMatchObject({ groups: [{ group: keyId, runs: 1, completed: 1 }] });
    const log = await control(adminToken, "GET", `/admin/audit?botId=${botId}`);
    const Log = v.object({
      entries: v.array(v.object({ action: v.string(), outcome: v.string() })),
    });
    const entries = v.parse(Log, log.body).entries.map((entry) => Object.values(entry).join(" "));
    for (const action of ["bot.create", "bot.share", "publication.publish", "key.create"])
      expect(entries).toContain(`${action} done`);
    expect(await control(ownerToken, "GET", "/admin/audit")).toMatchObject({ status: 403 });
  });

  test("takes a rotated key's new secret, and the old one no more", async () => {
    const path = publication(`/keys/${keyId}/rotate`);
    const rotated = await control(ownerToken, "POST", path, { graceSeconds: 0 });
    const { value } = v.parse(v.object({ value: v.string() }), rotated.body);
    expect((await client(value, "GET", "/health")).status).toBe(200);
    expect((await client(secret, "GET", "/health")).status).toBe(403);
    secret = value;
  });

  test("leaves nothing behind when it is unpublished", async () => {
    const accepted = await control(ownerToken, "DELETE", publication(), { title });
    expect(accepted).toMatchObject({ status: 202 });
    await reaches("unpublished");
    expect((await client(secret, "GET", "/health")).status).toBe(404);
    const { app } = world;
    const stack = app
      .client(CloudFormationClient)
      .send(new DescribeStacksCommand({ StackName: `outlet-${stage}-bot-${botId}` }));
    await expect(stack).rejects.toThrow(/does not exist/);
    const keys = await app.client(APIGatewayClient).send(new GetApiKeysCommand({}));
    expect(keys.items ?? []).toEqual([]);
  }, 120_000);

  test("met no refusal on the way", async () => {
    for (const id of Object.keys(world.app.graph.data.functions)) {
      const lines = (await world.app.logs(id)).join("\n");
      expect(lines).not.toMatch(/AccessDenied|not authorized to perform/);
    }
  });
});

test("smoke finds the applied app to keep what is claimed, as far as MiniStack can tell", async () => {
  const { rows } = await smoke(smokeTarget(world), () => {});
  const of = (verdict: string) => rows.filter((row) => row.verdict === verdict);
  expect(of("FAIL")).toEqual([]);
  const unknown = of("UNKNOWN");
  // The demo model is quick, and its answers come whole; everybody is on the allow-list.
  const quick = ["first_byte", "long_answer", "address_refused", "profiles"];
  expect(unknown.map(({ id }) => id).toSorted()).toEqual(
    [...Object.keys(cannot), ...quick].toSorted(),
  );
  for (const { id, seen } of unknown) expect([id, seen]).not.toEqual([id, ""]);
}, 120_000);

test("doctor looks at MiniStack as at an account, and says why it sees less", async () => {
  const { endpoint } = world.app.emulator;
  const findings = await doctor({ stage, env: settings, endpoint, credentials });
  const of = (what: string) => findings.find((finding) => finding.what === what);
  expect(of("credentials and Region")).toMatchObject({ verdict: "ok" });
  expect(of("usage plans of API Gateway")).toMatchObject({
    found: expect.stringMatching(/of \d+/),
  });
  for (const { verdict, found } of findings) if (verdict === "unknown") expect(found).not.toBe("");
}, 60_000);

test("the control API's bundle sends a model's first words before its last are said", async () => {
  const { app, idOf } = world;
  const model = await startHaltingModel();
  const { links, env: declared } = app.graph.functionById(idOf("control-api"));
  // The links as they are here, not those that were bundled.
  const { SST_KEY: _, SST_KEY_FILE: __, ...env } = declared;
  const bundle = join(root, ".sst/artifacts", `${idOf("control-api")}-src`, "bundle.mjs");
  const fn = await startFunction(bundle, {
    runtimeClient: runtimeClient ?? "",
    timeoutSeconds: 60,
    env: {
      ...env,
      SST_RESOURCES_JSON: JSON.stringify(app.resolve(links)),
      AWS_ENDPOINT_URL: app.emulator.endpoint,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: model.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
  });
  try {
    const made = await control(ownerToken, "POST", "/bots", { title: "Streams" });
    const messages = [{ role: "user", text: "Go" }];
    const event = controlEvent(ownerToken, "POST", `/bots/${String(made.body?.botId)}/test`, {
      messages,
    });
    let seen = "";
    const answer = await fn.invoke(event, (data) => {
      seen += data.toString();
      if (seen.includes("first") && !seen.includes("last")) model.goOn();
    });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toMatch(/first[^]*last[^]*event: done/);
  } finally {
    await fn.stop();
    await model.stop();
  }
}, 90_000);

const codeFlow = (redirectUri: string) => ({
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ["code" as const],
  AllowedOAuthScopes: ["openid", "email", "profile"],
  CallbackURLs: [redirectUri],
});

describe("the control API refuses", () => {
  const status = async (token: string) => (await control(token, "GET", "/me")).status;
  const poolId = () => String(world.app.resolve(world.app.graph.links).Users?.id);

  test("no token, and what is none", async () => {
    expect([await status(""), await status("x.y.z")]).toEqual([401, 401]);
    expect(await status(ownerToken)).toBe(200);
  });

  test("an ID token, and an access token for another application", async () => {
    const { app } = world;
    const redirectUri = "http://localhost/other";
    const { UserPoolClient } = await app.client(CognitoIdentityProviderClient).send(
      new CreateUserPoolClientCommand({
        ...codeFlow(redirectUri),
        UserPoolId: poolId(),
        ClientName: "another",
      }),
    );
    const clientId = UserPoolClient?.ClientId ?? "";
    const other = await signIn(app, { clientId, redirectUri }, owner);
    const { id_token } = await signIn(app, commandLine(app), owner);
    expect([await status(other.access_token), await status(id_token)]).toEqual([401, 401]);
  });

  test("a token of another pool of users", async () => {
    const { app } = world;
    const cognito = app.client(CognitoIdentityProviderClient);
    const redirectUri = "http://localhost/foreign";
    const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: "foreign" }));
    const UserPoolId = UserPool?.Id ?? "";
    const { UserPoolClient } = await cognito.send(
      new CreateUserPoolClientCommand({ ...codeFlow(redirectUri), UserPoolId, ClientName: "c" }),
    );
    const foreigner = await createUser(app, "ann@example.com", [], UserPoolId);
    const clientId = UserPoolClient?.ClientId ?? "";
    const { access_token } = await signIn(app, { clientId, redirectUri }, foreigner);
    expect(await status(access_token)).toBe(401);
  });

  test("a token that has expired", async () => {
    const { app } = world;
    const { clientId, redirectUri } = commandLine(app);
    await app.client(CognitoIdentityProviderClient).send(
      new UpdateUserPoolClientCommand({
        ...codeFlow(redirectUri),
        UserPoolId: poolId(),
        ClientId: clientId,
        AccessTokenValidity: 5,
        TokenValidityUnits: { AccessToken: "seconds" },
      }),
    );
    const { access_token } = await signIn(app, { clientId, redirectUri }, owner);
    expect(await status(access_token)).toBe(200);
    await vi.waitFor(async () => expect(await status(access_token)).toBe(401), {
      timeout: 20_000,
      interval: 500,
    });
  }, 30_000);
});
