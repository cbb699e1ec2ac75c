import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, type Outlet, startOutlet } from "./runtime-fixture.ts";

const uri = "s3://files/handbook/pool%20rules.pdf";
const found = {
  retrievalResults: [
    {
      content: { type: "TEXT", text: "The swimming pool opens at seven." },
      location: { type: "S3", s3Location: { uri } },
      metadata: { "x-amz-bedrock-kb-document-page-number": 12 },
      score: 0.71,
    },
  ],
};
let isAway = false;
const asked: string[] = [];
/** Bedrock, as far as Retrieve goes. */
const bedrock = createServer((req, res) => {
  asked.push(req.url ?? "");
  res.setHeader("content-type", "application/json");
  if (!isAway) return res.end(JSON.stringify(found));
  res.statusCode = 404;
  res.setHeader("x-amzn-errortype", "ResourceNotFoundException:");
  return res.end('{"message":"Knowledge Base with id ABCDEFGHIJ does not exist"}');
});
/** Where real ones are asked for, and by whom. */
const places = (url: string) => ({
  AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: url,
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
});
const before = { ...process.env };
let outlet: Outlet;
let owner: Client;

beforeAll(async () => {
  bedrock.listen(0, "127.0.0.1");
  await once(bedrock, "listening");
  const { port } = bedrock.address() as AddressInfo;
  Object.assign(process.env, places(`http://127.0.0.1:${port}`));
  outlet = await startOutlet(["--knowledge-bases", "ABCDEFGHIJ,KLMNOPQRST:Support"]);
  owner = await outlet.as("owner");
});
afterAll(async () => {
  await outlet?.stop();
  bedrock.closeAllConnections();
  bedrock.close();
  process.env = before;
});

test("an owner chooses among the bases that are allowed to them, and no other", async () => {
  expect((await owner("GET", "/me")).json.knowledgeBases).toEqual(["ABCDEFGHIJ"]);
  const admin = await outlet.as("admin");
  expect((await admin("GET", "/me")).json.knowledgeBases).toEqual(["ABCDEFGHIJ", "KLMNOPQRST"]);
  const { json: bot } = await owner("POST", "/bots", { title: "Pool" });
  expect(bot.knowledgeBase).toBeNull();
  const choose = (knowledgeBase: unknown, who = owner) =>
    who("PATCH", `/bots/${bot.botId}`, { knowledgeBase });
  for (const other of ["KLMNOPQRST", "ZZZZZZZZZZ"]) {
    expect((await choose(other)).json.error).toMatchObject({
      code: "invalid_request",
      param: "knowledgeBase",
      message: expect.stringContaining(`${other} is not allowed. You may use ABCDEFGHIJ.`),
    });
    const made = await owner("POST", "/bots", { title: "Pool", knowledgeBase: other });
    expect(made.status).toBeGreaterThanOrEqual(400);
  }
  expect((await choose("../secrets")).status).toBe(422);
  expect((await choose("ABCDEFGHIJ")).json.knowledgeBase).toBe("ABCDEFGHIJ");
  // Who has no right to the base that an administrator chose may still edit the rest.
  expect((await choose("KLMNOPQRST", admin)).json.knowledgeBase).toBe("KLMNOPQRST");
  const renamed = { title: "Swimming", knowledgeBase: "KLMNOPQRST" };
  expect((await owner("PATCH", `/bots/${bot.botId}`, renamed)).status).toBe(200);
  expect((await choose(null)).json.knowledgeBase).toBeNull();
});

test("a bot answers from its base with source and page, and without it from its own sources", async () => {
  const bot = await outlet.publish({}, { showSources: true, instruction: "Answer from sources." });
  await owner("PATCH", `/bots/${bot.botId}`, { knowledgeBase: "ABCDEFGHIJ" });
  const { reply } = await bot.ask("When does the swimming pool open?");
  const chunk = {
    content: "The swimming pool opens at seven.",
    source: "pool rules.pdf",
    sourceId: `ABCDEFGHIJ:${uri}`,
    place: { page: 12, headings: [] },
  };
  expect(reply.json.message.usedChunks).toMatchObject([chunk]);
  expect(reply.json.message.content[0].body).toContain("opens at seven");
  expect(asked).toContain("/knowledgebases/ABCDEFGHIJ/retrieve");
  const search = async () =>
    (await owner("GET", `/bots/${bot.botId}/knowledge/search?question=pool`)).json;
  expect(await search()).toMatchObject({
    problems: [],
    passages: [{ knowledgeBaseId: "ABCDEFGHIJ", score: 0.71, place: { page: 12 } }],
  });
  isAway = true;
  expect(await search()).toMatchObject({
    problems: [expect.stringContaining("ABCDEFGHIJ is not there")],
    passages: [],
  });
  const alone = await bot.ask("When does the swimming pool open?");
  expect(alone.reply.json.message.usedChunks).toEqual([]);
  isAway = false;
});
