import { Conversation } from "@outlet/core/conversations/conversation";
import { Delivery } from "@outlet/core/conversations/delivery";
import { createGuardedHttp } from "@outlet/functions/outbound/guarded-http";
import { Run } from "@outlet/core/conversations/run";
import { Worker } from "@outlet/core/conversations/worker";
import { Publication } from "@outlet/core/publishing/publication";
import { expect } from "vitest";
import * as v from "valibot";
import { defaultPolicy } from "@outlet/functions/policy";
import {
  acceptMessage,
  acceptPublication,
  addKnowledge,
  createBot,
  deployedBot,
  endRun,
  markPublished,
  publishedBot,
  whileActing,
} from "../../applied/acts.ts";
import { requestEvent } from "../../applied/events.ts";
import { commandLine, createUser, signIn } from "../../applied/sign-in.ts";
import type { World } from "../../applied/world.ts";
import type { Scenario } from "../scenario.ts";

const tokens = new WeakMap<World, Promise<string>>();

/** An administrator's, who may do everything to the bots that root has made. */
function adminToken(world: World): Promise<string> {
  const known = tokens.get(world);
  if (known) return known;
  const made = createUser(world.app, "admin@example.com", ["Admin"])
    .then((user) => signIn(world.app, commandLine(world.app), user))
    .then(({ access_token }) => access_token);
  tokens.set(world, made);
  return made;
}

async function call(world: World, method: string, path: string, body?: unknown) {
  const [bare = "", query] = path.split("?");
  const queryStringParameters = query ? Object.fromEntries(new URLSearchParams(query)) : null;
  return world.http(
    "control-api",
    requestEvent("", method, `/api${bare}`, {
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await adminToken(world)}`,
      },
      queryStringParameters,
      body: body === undefined ? null : JSON.stringify(body),
    }),
  );
}

async function expectOk(world: World, method: string, path: string, body?: unknown) {
  const answer = await call(world, method, path, body);
  // Its own words come with what is wrong.
  expect({ ...answer, isOk: answer.status < 300 }).toMatchObject({ isOk: true });
  return answer;
}

/** A delivery that is tried once and no more. */
const unsent = {
  http: createGuardedHttp(),
  policy: { ...defaultPolicy, webhookBackoffSeconds: [] },
};

/** Of a service that nobody reaches. */
const serviceTool = {
  kind: "http",
  title: "Service",
  baseUrl: "https://127.0.0.1",
  document: JSON.stringify({
    openapi: "3.1.0",
    paths: { "/ask": { get: { operationId: "ask" } } },
  }),
  credential: { kind: "bearer", value: "a-token" },
  operations: [{ key: "GET /ask" }],
};

const testRun = { messages: [{ role: "user", text: "What does Outlet keep?" }] };

export const controlApi: Scenario[] = [
  {
    title: "creates, changes, shows and deletes a bot",
    uses: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
    async run(world) {
      const made = await expectOk(world, "POST", "/bots", { title: "Made" });
      const path = `/bots/${v.parse(v.object({ botId: v.string() }), made.body).botId}`;
      await expectOk(world, "PATCH", path, { title: "Changed" });
      expect((await expectOk(world, "GET", path)).body).toMatchObject({ title: "Changed" });
      await expectOk(world, "DELETE", path);
      expect(await call(world, "GET", path)).toMatchObject({ status: 404 });
    },
  },
  {
    title: "lists one's own bots and everybody's",
    uses: ["dynamodb:Query index/listing", "dynamodb:Query index/public"],
    async run(world) {
      await expectOk(world, "GET", "/bots?of=me");
      await expectOk(world, "GET", "/bots?of=everyone");
    },
  },
  {
    title: "takes an upload, rings for its reading, lists and removes it",
    uses: [
      "dynamodb:Query table/TableTable",
      "s3:PutObject",
      "s3:DeleteObject",
      "sqs:SendMessage SyncQueueQueue",
    ],
    async run(world) {
      const { botId } = await createBot(world);
      const path = `/bots/${botId}/knowledge`;
      const made = await expectOk(world, "POST", path, { name: "n.txt", text: "Notes" });
      const { sourceId } = v.parse(v.object({ sourceId: v.string() }), made.body);
      expect(await world.letters.take("SyncQueue", botId)).toBe(true);
      expect((await expectOk(world, "GET", path)).text).toContain(sourceId);
      const upload = `knowledge/${botId}/${sourceId}/upload`;
      expect(await world.objects.get(upload)).toBeDefined();
      await expectOk(world, "DELETE", `${path}/${sourceId}`);
      expect(await world.objects.get(upload)).toBeUndefined();
    },
  },
  {
    title: "tries a bot with what it knows",
    uses: ["s3:GetObject", "bedrock:InvokeModelWithResponseStream"],
    async run(world) {
      const { botId } = await createBot(world);
      await addKnowledge(world, botId, ["Outlet keeps notes."]);
      const { text } = await expectOk(world, "POST", `/bots/${botId}/test`, testRun);
      expect(text).toContain("event: sources");
      expect(text).toContain("event: done");
    },
  },
  {
    title: "tries a bot whose passages are gone",
    uses: ["s3:ListBucket"],
    async run(world) {
      const { botId } = await createBot(world);
      const { path } = await addKnowledge(world, botId, ["Outlet keeps notes."]);
      await world.objects.remove(path);
      const { text } = await expectOk(world, "POST", `/bots/${botId}/test`, testRun);
      expect(text).toContain("event: done");
    },
  },
  {
    title: "writes a tool's secret, calls with it, and removes it with the bot",
    uses: [
      "ssm:PutParameter",
      "ssm:GetParameter",
      "ssm:DeleteParameters",
      "ssm:GetParametersByPath",
    ],
    async run(world) {
      const { botId } = await createBot(world);
      const path = `/bots/${botId}/tools`;
      const made = await expectOk(world, "POST", path, { setting: serviceTool });
      const { toolId } = v.parse(v.object({ toolId: v.string() }), made.body);
      // The address is private, so nothing is sent: the secret is read before that.
      const tried = await expectOk(world, "POST", `${path}/${toolId}/test`, { name: "ask" });
      expect(tried.body).toMatchObject({ content: expect.stringContaining("not a public server") });
      await expectOk(world, "PUT", `${path}/${toolId}/secret`, { value: "another-token" });
      await expectOk(world, "DELETE", `/bots/${botId}`);
    },
  },
  {
    title: "accepts an act of publishing and rings for the deployer",
    uses: ["sqs:SendMessage DeployQueueQueue"],
    run: (world) =>
      whileActing(world, acceptPublication(world), async ({ bot, publication }) => {
        await markPublished(world, publication);
        await world.letters.take("DeployQueue", bot.botId);
        await expectOk(world, "PATCH", `/bots/${bot.botId}/publication`, { quota: null });
        expect(await world.letters.take("DeployQueue", bot.botId)).toBe(true);
      }),
  },
  {
    title: "lets a bot be published while the account has room for it",
    uses: ["dynamodb:Query index/open", "apigateway:GET /restapis", "apigateway:GET /usageplans"],
    async run(world) {
      const { botId } = await createBot(world);
      await expectOk(world, "PUT", `/bots/${botId}/sharing`, { scope: "all" });
      await expectOk(world, "POST", `/bots/${botId}/publication`, {});
      const begun = await Publication.fromBot(world.table, botId);
      if (begun) await markPublished(world, begun);
    },
  },
  {
    title: "sends again what a webhook was told",
    uses: ["sqs:SendMessage WebhookQueueQueue"],
    async run(world) {
      const { botId } = await publishedBot(world);
      const delivery = await endRun(world, { botId });
      await Delivery.deliver({ ...world.deps(), ...unsent }, delivery);
      await world.letters.take("WebhookQueue", delivery.deliveryId);
      const path = `/bots/${botId}/publication/webhook/deliveries/${delivery.deliveryId}/redeliver`;
      await expectOk(world, "POST", path);
      expect(await world.letters.take("WebhookQueue", delivery.deliveryId)).toBe(true);
    },
  },
  {
    title: "makes a key at the gateway and takes it away again",
    uses: [
      "cloudformation:DescribeStacks",
      "cloudformation:DescribeStackEvents",
      "apigateway:POST /apikeys",
      "apigateway:GET /apikeys",
      "apigateway:DELETE /apikeys/*",
      "apigateway:POST /usageplans/*/keys",
    ],
    async run(world) {
      const { bot } = await deployedBot(world);
      const path = `/bots/${bot.botId}/publication/keys`;
      const made = await expectOk(world, "POST", path, { label: "k" });
      const { keyId } = v.parse(v.object({ keyId: v.string() }), made.body);
      await expectOk(world, "DELETE", `${path}/${keyId}`);
    },
  },
  {
    title: "tells how a publication stands by the gateway's counts",
    uses: [
      "cloudwatch:GetMetricData",
      "apigateway:GET /usageplans/*/keys",
      "apigateway:GET /usageplans/*/usage",
    ],
    async run(world) {
      const { bot } = await deployedBot(world);
      await expectOk(world, "GET", `/bots/${bot.botId}/publication/alerts`);
    },
  },
  {
    title: "shows what reached an endpoint",
    uses: ["logs:FilterLogEvents"],
    async run(world) {
      const { bot } = await deployedBot(world);
      await expectOk(world, "GET", `/bots/${bot.botId}/publication/requests`);
    },
  },
  {
    title: "shows the request log and redrives what has failed",
    uses: ["dynamodb:Query index/listing", "sqs:SendMessage RunQueueQueue"],
    async run(world) {
      const { bot, publication } = await acceptPublication(world);
      await markPublished(world, publication);
      const run = await failedRun(world, bot.botId);
      const path = `/bots/${bot.botId}/publication/runs`;
      expect((await expectOk(world, "GET", path)).text).toContain(run.runId);
      await world.letters.take("RunQueue", run.conversationId);
      await expectOk(world, "POST", `${path}/${run.runId}/redrive`);
      expect(await world.letters.take("RunQueue", run.conversationId)).toBe(true);
    },
  },
];

/** A run that failed and has left its mailbox. */
async function failedRun(world: World, botId: string) {
  const address = await acceptMessage(world, undefined, { botId });
  const run = await Run.peek(world.table, address, address.runId);
  const deps = { ...world.deps(), policy: defaultPolicy };
  const error = { code: "run_timeout" as const, message: "Too late.", retryable: true };
  if (run) await Run.giveUp(deps, run, error);
  const model = {
    stream: () => {
      throw new Error("There is nothing to answer");
    },
  };
  const retriever = { search: async () => ({ engine: "lexical" as const, passages: [] }) };
  await Worker.work({ ...deps, model, retriever }, address, { deadline: Date.now() + 600_000 });
  expect(await Conversation.Mailbox.read(world.table, address)).toMatchObject({ open: [] });
  return address;
}
