import { expect, test } from "vitest";
import { createJsonLog } from "./log.ts";

const now = () => new Date("2026-01-02T03:04:05.678Z");

function recorder(env: Record<string, string> = {}) {
  const lines: string[] = [];
  const log = createJsonLog({ env, now, write: (line) => lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? "") as Record<string, unknown> };
}

test("a line is one JSON document with the level, the time, the service and the trace", () => {
  const { log, lines, last } = recorder({
    SERVICE_NAME: "worker",
    _X_AMZN_TRACE_ID: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
  });
  log.warn("heartbeat\nmissed", { runId: "r1", absent: undefined });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]*\n$/);
  expect(last()).toEqual({
    level: "WARN",
    message: "heartbeat\nmissed",
    timestamp: "2026-01-02T03:04:05.678Z",
    service: "worker",
    xray_trace_id: "1-5759e988-bd862e3fe1be46a994272793",
    runId: "r1",
  });
});

test("a cause is told with its name, its message, its stack and its own cause", () => {
  const { log, last } = recorder();
  const error = Object.assign(new TypeError("no answer", { cause: new Error("reset") }), {
    code: "ECONNRESET",
  });
  log.error("store unavailable", { cause: error });
  expect(last()).toMatchObject({
    level: "ERROR",
    error: {
      name: "TypeError",
      message: "no answer",
      code: "ECONNRESET",
      stack: expect.stringContaining("log.test"),
      cause: { name: "Error", message: "reset" },
    },
  });
});

test("a cause that is no error is told as it is", () => {
  const { log, last } = recorder();
  log.error("failed", { cause: "a sentence" });
  expect(last()).toMatchObject({ error: "a sentence" });
});

test("fields never take the place of the level, the message or the time", () => {
  const { log, last } = recorder();
  log.info("real", { message: "forged", level: "DEBUG", timestamp: "never" });
  expect(last()).toMatchObject({ message: "real", level: "INFO", timestamp: now().toISOString() });
});

test("what contains itself, large integers and members that throw are no reason to fail", () => {
  const { log, last } = recorder();
  const circle: Record<string, unknown> = { name: "circle" };
  circle["self"] = circle;
  const error = new Error("of itself");
  error.cause = error;
  const twice = { shared: true };
  log.info("odd", { circle, error, large: 2n ** 64n, first: twice, second: twice });
  expect(last()).toMatchObject({
    circle: { name: "circle" },
    error: { message: "of itself" },
    large: "18446744073709551616",
    first: twice,
    second: twice,
  });
  const throwing = {
    get member(): string {
      throw new Error("no such luck");
    },
  };
  log.error("thrown", { throwing });
  expect(last()).toMatchObject({ message: "thrown", unwritten: "Error: no such luck" });
});

test.each([
  [{}, ["INFO", "WARN", "ERROR"]],
  [{ LOG_LEVEL: "debug" }, ["DEBUG", "INFO", "WARN", "ERROR"]],
  [{ LOG_LEVEL: "DEBUG", AWS_LAMBDA_LOG_LEVEL: "ERROR" }, ["ERROR"]],
  [{ LOG_LEVEL: "loud" }, ["INFO", "WARN", "ERROR"]],
])("of %j the lines %j are written", (env, expected) => {
  const { log, lines } = recorder(env);
  for (const level of ["debug", "info", "warn", "error"] as const) log[level]("a line");
  expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(expected);
});
