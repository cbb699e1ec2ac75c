import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAccessLogFormat } from "@outlet/aws/published-stack/access-log-format";
import { type Provisioner, silentLog } from "@outlet/core/ports";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AccessLogs, formatLine } from "../edge/access-log.ts";
import { createLocalMetrics, type LocalMetrics } from "./metrics.ts";
import { segmentsOf } from "./segments.ts";

const minute = 60_000;
const day = 86_400_000;
const start = Date.parse("2026-11-22T12:00:00Z");
const clock = { now: () => start + 5 * minute, sleep: async () => undefined };
const range = { from: start, to: start + 60 * minute, periodSeconds: 60 };

let dataDir: string;
let metrics: LocalMetrics;
let logs: AccessLogs;
const warnings: string[] = [];
const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "outlet-metrics-"));
  logs = new AccessLogs(join(dataDir, "access-logs"));
  logs.open("api0000001");
  warnings.length = 0;
  open();
});
afterEach(async () => {
  await metrics.close();
  logs.close();
  rmSync(dataDir, { recursive: true });
});

const open = () => {
  metrics = createLocalMetrics({ dataDir, clock, log });
};
const variables = (at = start, ms = 100) =>
  new Map([
    ["requestTimeEpoch", String(at)],
    ["status", "200"],
    ["responseLatency", String(ms)],
  ]);
const format = createAccessLogFormat("bot");
const seen = (at?: number, api = "api0000001") => logs.write(api, format, variables(at));
const total = async () =>
  (await metrics.series("bot", range)).reduce((sum, { requests }) => sum + requests, 0);
const logPath = () => join(dataDir, "access-logs", "api0000001.log");

describe("lines of an access log", () => {
  test("are counted once while their log begins anew, and stay in the one before", async () => {
    await metrics.close();
    metrics = createLocalMetrics({ dataDir, clock, log, logBytesMax: 1_000 });
    let written = 0;
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 10; i++) await seen();
      written += 10;
      expect(await total()).toBe(written);
      expect(statSync(logPath()).size).toBeLessThan(1_000);
    }
    expect(statSync(`${logPath()}.1`).size).toBeGreaterThanOrEqual(1_000);
    logs.remove("api0000001");
    expect(existsSync(`${logPath()}.1`)).toBe(false);
  });

  test("are counted once over restarts, and by readers side by side", async () => {
    await seen();
    expect(await total()).toBe(1);
    await metrics.close();
    await seen();
    open();
    await seen();
    expect(await Promise.all([total(), total(), metrics.collect().then(total)])).toEqual([3, 3, 3]);
  });

  test("are counted when they are whole", async () => {
    const line = `${formatLine(format, variables())}\n`;
    appendFileSync(logPath(), line.slice(0, 100));
    expect(await total()).toBe(0);
    appendFileSync(logPath(), line.slice(100));
    expect(await total()).toBe(1);
  });

  test("that cannot be read are passed over, and said to be", async () => {
    await seen();
    appendFileSync(logPath(), "half a li\nnull\n{}\n\n");
    await seen();
    expect(await total()).toBe(2);
    expect(warnings).toEqual(["lines of an access log cannot be read"]);
  });

  test("in a log that was begun anew are counted from its start", async () => {
    for (let i = 0; i < 3; i++) await seen();
    expect(await total()).toBe(3);
    truncateSync(logPath());
    await seen();
    expect(await total()).toBe(4);
  });

  test("of more than a chunk are all counted, whatever characters they hold", async () => {
    const odd = new Map([...variables(), ["identity.userAgent", "ü한🤖".repeat(40)]]);
    for (let i = 0; i < 3_000; i++) await logs.write("api0000001", format, odd);
    expect(await total()).toBe(3_000);
  });

  test("that fail to be stored are counted by the next reader", async () => {
    await seen();
    await metrics.close();
    await expect(total()).rejects.toThrow(/finalized|not open/);
    open();
    expect(await total()).toBe(1);
  });
});

describe("unpublishing", () => {
  const provisioner = (onRemove: () => void | Promise<void>): Provisioner => ({
    templateVersion: "1",
    deploy: async () => undefined,
    status: async () => ({
      state: "deployed",
      outputs: { stack: { restApiId: "api0000001", usagePlanId: "p" }, endpoint: "http://e" },
    }),
    remove: async () => onRemove(),
    putKey: async () => undefined,
    removeKey: async () => undefined,
  });
  const retired = () => readdirSync(join(dataDir, "metrics", "retired"));

  test("loses no line, not even one that comes while it is at work", async () => {
    await seen();
    const guarded = metrics.guard(
      provisioner(async () => {
        await seen();
        logs.remove("api0000001");
      }),
    );
    await guarded.remove("stack", "token");
    expect(existsSync(logPath())).toBe(false);
    expect(await total()).toBe(2);
    expect(retired()).toEqual([]);
  });

  test("that was broken off by a crash loses none either", async () => {
    await seen();
    const crashed = metrics.guard(
      provisioner(async () => {
        await seen();
        logs.remove("api0000001");
        throw new Error("killed");
      }),
    );
    await expect(crashed.remove("stack", "token")).rejects.toThrow("killed");
    expect(retired()).toEqual(["api0000001.log"]);
    await metrics.close();
    open();
    expect(await total()).toBe(2);
  });

  test("and publishing again goes on with the same bot's figures", async () => {
    await seen();
    await metrics.guard(provisioner(() => logs.remove("api0000001"))).remove("stack", "token");
    logs.open("api0000002");
    await seen(start, "api0000002");
    expect(await total()).toBe(2);
  });

  test("of an API without a log is no fault", async () => {
    rmSync(logPath());
    await metrics.guard(provisioner(() => undefined)).remove("stack", "token");
    expect(await total()).toBe(0);
  });
});

describe("figures", () => {
  test("are kept by the minute for 15 days, by the hour for longer", async () => {
    const old = start - 20 * day;
    const lines = [old, old + 7 * minute].map((at) => formatLine(format, variables(at)));
    writeFileSync(logPath(), `${lines.join("\n")}\n`);
    const requests = async (periodSeconds: number) =>
      (await metrics.series("bot", { from: old, to: old + 60 * minute, periodSeconds })).length;
    await metrics.collect();
    expect([await requests(60), await requests(300), await requests(3_600)]).toEqual([0, 2, 1]);
  });

  test("of a long range are read by days and hours, and by minutes at its edges only", () => {
    const from = Date.parse("2026-11-01T22:57:00Z");
    const to = Date.parse("2026-11-04T01:06:00Z");
    const segments = segmentsOf({ from, to, periodSeconds: (to - from) / 1000 });
    expect(
      segments.map(({ step, from: at }) => [step, new Date(at).toISOString().slice(8, 16)]),
    ).toEqual([
      [60, "01T22:57"],
      [3_600, "01T23:00"],
      [86_400, "02T00:00"],
      [3_600, "04T00:00"],
      [300, "04T01:00"],
      [60, "04T01:05"],
    ]);
    expect(segmentsOf({ from: start, to: start + day, periodSeconds: 300 })).toHaveLength(1);
  });
});
