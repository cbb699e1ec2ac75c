import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@outlet/core/ports";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createCloudWatchAccessLog, createCloudWatchLogsClient } from "./cloudwatch-access-log.ts";

interface Asked {
  logGroupName: string;
  startTime: number;
  endTime: number;
  filterPattern: string;
  nextToken?: string;
}

const now = Date.parse("2026-11-27T12:00:00Z");
const place = { stackName: "outlet-bot-B", stack: { restApiId: "a", usagePlanId: "p" } };
/** As CloudWatch Logs answers: what a window holds, the oldest first, a few at a time. */
const pageSize = 40;

let server: Server;
let events: { timestamp: number; eventId: string; message: string }[] = [];
let asked: Asked[] = [];
let isGone = false;
let log: ReturnType<typeof createCloudWatchAccessLog>;
const list: typeof log.list = (...given) => log.list(...given);

beforeAll(async () => {
  server = createServer((req, res) => {
    let body = "";
    req.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    req.on("end", () => {
      res.setHeader("content-type", "application/x-amz-json-1.1");
      const input = JSON.parse(body) as Asked;
      asked.push(input);
      if (isGone) {
        res.writeHead(400).end(JSON.stringify({ __type: "ResourceNotFoundException" }));
        return;
      }
      const inIt = events
        .filter(({ timestamp }) => timestamp >= input.startTime && timestamp < input.endTime)
        .toSorted((a, b) => a.timestamp - b.timestamp);
      const from = Number(input.nextToken ?? 0);
      const nextToken = from + pageSize < inIt.length ? String(from + pageSize) : undefined;
      res.end(JSON.stringify({ events: inIt.slice(from, from + pageSize), nextToken }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = createCloudWatchLogsClient({
    region: "eu-central-1",
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  log = createCloudWatchAccessLog({ client, clock: { ...systemClock, now: () => now } });
});
afterAll(() => void server.close());
beforeEach(() => {
  events = [];
  asked = [];
  isGone = false;
});

function note(id: number, agoMs: number, status = "200"): void {
  const timestamp = now - agoMs;
  const line = {
    requestId: `r${id}`,
    requestTimeEpoch: String(timestamp),
    httpMethod: "POST",
    path: "/conversation",
    status,
    responseLatency: "12",
    principal: "K",
    errorType: "-",
    sourceIp: "192.0.2.1",
  };
  events.push({ timestamp, eventId: `e${id}`, message: JSON.stringify(line) });
}

async function walk(limit: number): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await list(place, { limit, cursor: cursor ?? undefined });
    seen.push(...page.lines.map(({ requestId }) => requestId));
    cursor = page.cursor;
  } while (cursor !== null);
  return seen;
}

test("lines come newest first, page by page, each once, from the last minutes to the first day", async () => {
  const ages = [1_000, 1_000, 1_000, 60_000, 3_600_000, 86_400_000, 20 * 86_400_000];
  for (const [id, age] of ages.entries()) note(id, age);
  expect((await walk(2)).toSorted()).toEqual(ages.map((_, id) => `r${id}`));
  expect((await walk(2)).slice(-4)).toEqual(["r3", "r4", "r5", "r6"]);
  expect(asked[0]?.logGroupName).toBe("/outlet/published/outlet-bot-B");
});

test("a busy hour is read in smaller windows, and nothing of it is lost", async () => {
  for (let id = 0; id < 900; id += 1) note(id, id * 700);
  const seen = await walk(100);
  expect(seen).toEqual(Array.from({ length: 900 }, (_, id) => `r${id}`));
});

test("the service is asked for what fits alone", async () => {
  await list(place, { limit: 5, keyId: "K", status: { from: 400, to: 499 } });
  expect(asked[0]?.filterPattern).toBe(
    '{ ($.requestId = *) && ($.principal = "K") && ($.status = "4*") }',
  );
  await list(place, { limit: 5, requestId: 'x" || *', status: { from: 403, to: 403 } });
  expect(asked.at(-1)?.filterPattern).toBe('{ ($.requestId = "x??????") && ($.status = "403") }');
});

test("a log group that is gone has no lines, and a cursor of nothing is refused", async () => {
  isGone = true;
  expect(await list(place, { limit: 5 })).toEqual({ lines: [], cursor: null });
  await expect(list(place, { limit: 5, cursor: "x" })).rejects.toThrow("cursor");
});
