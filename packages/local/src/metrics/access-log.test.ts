import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAccessLogFormat } from "@outlet/aws/published-stack/access-log-format";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formatLine } from "../edge/access-log.ts";
import { createLocalAccessLog } from "./access-log.ts";

const place = { stackName: "s", stack: { restApiId: "api", usagePlanId: "plan" } };
let dataDir: string;
let path: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "outlet-access-log-"));
  mkdirSync(join(dataDir, "access-logs"));
  path = join(dataDir, "access-logs", "api.log");
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function note(id: number, more: Record<string, string> = {}): void {
  const variables = new Map(
    Object.entries({
      requestId: `r${id}`,
      requestTimeEpoch: String(1_000 + id),
      httpMethod: "POST",
      status: "200",
      responseLatency: "5",
      ...more,
    }),
  );
  appendFileSync(path, `${formatLine(createAccessLogFormat("bot"), variables)}\n`);
}
const list = (
  options: Partial<Parameters<ReturnType<typeof createLocalAccessLog>["list"]>[1]> = {},
) => createLocalAccessLog(dataDir).list(place, { limit: 10, ...options });
const idsOf = async (...given: Parameters<typeof list>) =>
  (await list(...given)).lines.map(({ requestId }) => requestId);

test("pages go from the newest line to the oldest, and meet each once", async () => {
  for (let id = 0; id < 1_000; id += 1) note(id, { "authorizer.path": `/é${"x".repeat(200)}` });
  const seen: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await list({ limit: 33, cursor: cursor ?? undefined });
    seen.push(...page.lines.map(({ requestId }) => requestId));
    cursor = page.cursor;
  } while (cursor !== null);
  expect(seen).toEqual(Array.from({ length: 1_000 }, (_, id) => `r${999 - id}`));
});

test("lines that are written meanwhile move no page", async () => {
  for (let id = 0; id < 4; id += 1) note(id);
  const { cursor } = await list({ limit: 2 });
  note(4);
  expect(await idsOf({ cursor: cursor ?? "" })).toEqual(["r1", "r0"]);
});

test("lines are found by status, key, request id and time", async () => {
  note(1, {
    status: "403",
    "error.responseType": "ACCESS_DENIED",
    "authorizer.principalId": "nobody",
  });
  note(2, { status: "429", "authorizer.principalId": "k1" });
  note(3, { "authorizer.principalId": "k1" });
  expect(await idsOf({ status: { from: 400, to: 499 } })).toEqual(["r2", "r1"]);
  expect(await idsOf({ keyId: "k1" })).toEqual(["r3", "r2"]);
  expect(await idsOf({ requestId: "r1" })).toEqual(["r1"]);
  expect(await idsOf({ from: 1_002, to: 1_002 })).toEqual(["r2"]);
  const [refused] = (await list({ requestId: "r1" })).lines;
  expect(refused).toMatchObject({ keyId: null, refusal: "ACCESS_DENIED", path: null });
});

test("a torn line and a log that is not there are passed over", async () => {
  expect(await list()).toEqual({ lines: [], cursor: null });
  note(1);
  appendFileSync(path, '{"requestId":"torn"');
  expect(await idsOf()).toEqual(["r1"]);
});

test.each(["x", "-1", "1.5", "99999999", ""])(
  "the cursor %j of nothing is refused",
  async (cursor) => {
    note(1);
    if (cursor === "") expect((await list({ cursor })).lines).toEqual([]);
    else await expect(list({ cursor })).rejects.toThrow("cursor");
  },
);
