import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  eventually,
  type Outlet,
  type PublishedBot,
  startOutlet,
} from "@outlet/local/runtime/runtime-fixture";
import { afterAll, beforeAll, expect, test } from "vitest";

let server: Server;
let outlet: Outlet;
let bot: PublishedBot;
let isDown = true;

/** An OpenAI-compatible model that refuses until it is mended. */
beforeAll(async () => {
  server = createServer((req, res) => {
    req.resume();
    if (isDown) {
      res.writeHead(400, { "content-type": "application/json" });
      return res.end('{"error":{"message":"tenant 4711 is over its budget"}}');
    }
    res.writeHead(200, { "content-type": "text/event-stream" });
    const chunk = (body: object) => res.write(`data: ${JSON.stringify(body)}\n\n`);
    chunk({ choices: [{ index: 0, delta: { content: "Mended." } }] });
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
    chunk({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } });
    res.end("data: [DONE]\n\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  outlet = await startOutlet([
    ...["--model-backend", "openai", "--openai-base-url", `http://127.0.0.1:${port}/v1`],
    ...["--models", "local=local@1/2"],
  ]);
  bot = await outlet.publish({ retentionDays: 7 });
});
afterAll(async () => {
  await outlet.stop();
  server.closeAllConnections();
  server.close();
});

interface Run {
  runId: string;
  finishedAt: string | null;
}

const runs = (query = "") => `/bots/${bot.botId}/publication/runs${query}`;

test("the owner reads failures with their cause, and redrives them", async () => {
  const owner = await outlet.as("owner");
  const { reply } = await bot.ask("Hi");
  expect(reply.status).toBe(502);
  expect(reply.text).not.toContain("4711");
  const log = await eventually(
    () => owner("GET", runs("?status=failed")),
    (answer) => answer.json.runs.length > 0,
  );
  const [failed] = log.json.runs;
  expect(failed).toMatchObject({
    status: "failed",
    keyId: bot.keyId,
    model: "local",
    error: { code: "model_error", cause: expect.stringContaining("ValidationException") },
    finishedAt: expect.stringMatching(/Z$/),
  });
  isDown = false;
  const redriven = await eventually(
    () => owner("POST", runs(`/${failed.runId}/redrive`)),
    (answer) => answer.status !== 409,
  );
  expect(redriven).toMatchObject({ status: 202, json: { status: "queued", redrives: 1 } });
  const detail = await eventually(
    () => owner("GET", runs(`/${failed.runId}`)),
    (answer) => answer.json.status === "completed",
  );
  expect(detail.json).toMatchObject({
    question: [{ contentType: "text", body: "Hi" }],
    answer: [{ contentType: "text", body: "Mended." }],
    inputTokens: 7,
    outputTokens: 3,
    costMicroUsd: 13,
  });
  expect((await owner("GET", runs("?status=failed"))).json).toEqual({ runs: [], cursor: null });
  expect((await owner("POST", runs("/redrive"))).json).toEqual({
    redriven: [],
    refused: [],
    more: false,
  });
  expect((await owner("POST", runs(`/${failed.runId}/redrive`))).json.error.code).toBe(
    "run_not_failed",
  );
});

test("the request log comes as a table, page by page", async () => {
  const owner = await outlet.as("owner");
  await bot.ask("Once more");
  await eventually(
    () => owner("GET", runs()),
    ({ json }) => json.runs.length >= 2 && json.runs.every((run: Run) => run.finishedAt !== null),
  );
  const { runs: all } = (await owner("GET", runs())).json;
  const lines: string[] = [];
  let path: string | undefined = runs("?limit=1&format=csv");
  while (path) {
    const page = await owner("GET", path);
    expect(page.headers.get("content-type")).toContain("text/csv");
    const [header, ...rows] = page.text.trimEnd().split("\r\n");
    expect(header).toMatch(/^"createdAt","runId",.*,"errorCode","errorMessage","errorCause"$/);
    lines.push(...rows.filter((row) => row !== ""));
    path = /^<\/api(.+)>; rel="next"$/.exec(page.headers.get("link") ?? "")?.[1];
  }
  expect(lines.map((line) => line.split('"')[3])).toEqual(all.map((run: Run) => run.runId));
  expect(lines[0]).toContain(',"completed","local",');
});

test("nobody else reads a bot's requests", async () => {
  const paths: [string, string][] = [
    ["GET", runs()],
    ["GET", runs("/01J00000000000000000000000")],
    ["POST", runs("/redrive")],
    ["POST", runs("/01J00000000000000000000000/redrive")],
  ];
  const user = await outlet.as("user");
  for (const [method, path] of paths) {
    expect((await user(method, path)).status).toBe(404);
    expect((await outlet.anonymous(method, path)).status).toBe(401);
  }
  expect((await (await outlet.as("admin"))("GET", runs())).status).toBe(200);
});

test("filters that make no sense are refused by name", async () => {
  const owner = await outlet.as("owner");
  for (const query of ["?status=lost", "?from=yesterday", "?limit=0"]) {
    expect(await owner("GET", runs(query))).toMatchObject({
      status: 422,
      json: { error: { param: query.slice(1, query.indexOf("=")) } },
    });
  }
});

test("retention is 1 to 90 days, set when publishing or later", async () => {
  const owner = await outlet.as("owner");
  const path = `/bots/${bot.botId}/publication`;
  expect((await owner("GET", path)).json.retentionDays).toBe(7);
  for (const retentionDays of [0, 91, 1.5]) {
    expect((await owner("PATCH", path, { retentionDays })).status).toBe(422);
  }
  expect((await owner("PATCH", path, { retentionDays: 90 })).json.retentionDays).toBe(90);
});

test("a cursor that names no run is refused, and a page that ends before it begins is empty", async () => {
  const owner = await outlet.as("owner");
  for (const cursor of ["", "-1", "~", "nonsense"]) {
    const { status, json } = await owner("GET", runs(`?cursor=${encodeURIComponent(cursor)}`));
    expect([status, json.error.code, json.error.param]).toEqual([422, "invalid_request", "cursor"]);
  }
  const past = `?from=2026-01-01T00:00:00Z&cursor=${"0".repeat(26)}`;
  expect((await owner("GET", runs(past))).json).toEqual({ runs: [], cursor: null });
});
