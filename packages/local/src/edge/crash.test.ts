import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EdgeDatabase } from "./database.ts";
import { startEdge } from "./edge.test-support.ts";

const child = fileURLToPath(new URL("crash.test-child.ts", import.meta.url));
const callers = 8;

describe("an edge that is killed at work", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "outlet-crash-"));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  /** @returns how many requests were answered with 200 before the kill. */
  async function killAfter(answered: number) {
    const edge = spawn(process.execPath, [child, dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(edge, "exit");
    const [line] = await once(edge.stdout, "data");
    const { port, restApiId, usagePlanId } = JSON.parse(String(line));
    let served = 0;
    const call = async () => {
      const req = request({ port, path: `/${restApiId}/api/x`, headers: { "x-api-key": "key-a" } });
      const response = once(req, "response");
      req.end();
      const [res] = await response;
      res.resume();
      await once(res, "end");
      if (res.statusCode === 200) served++;
      if (served === answered) edge.kill("SIGKILL");
    };
    const caller = async () => {
      while (edge.exitCode === null && edge.signalCode === null) {
        try {
          await call();
        } catch {
          // The edge is gone in the middle of a request, which is what this is about.
          return;
        }
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    await exited;
    return { served, restApiId, usagePlanId };
  }

  it("has counted and logged every request it answered, and every stack is whole", async () => {
    let served = 0;
    for (const answered of [40, 77]) {
      const round = await killAfter(answered);
      served += round.served;
      const database = new EdgeDatabase(join(dataDir, "gateway.sqlite"));
      const used = database.used(round.usagePlanId, "id-key-a", "2000-01-01");
      database.close();
      expect(used).toBeGreaterThanOrEqual(served);
      expect(used).toBeLessThanOrEqual(served + 2 * callers);
    }

    await using test = await startEdge({ dataDir });
    const names = readdirSync(join(dataDir, "stacks"));
    expect(names).toContain("outlet-bot0.json");
    expect(names.filter((name) => !name.endsWith(".json"))).toEqual([]);
    expect(test.edge.restApis()).toHaveLength(names.length);
    expect(readdirSync(join(dataDir, "access-logs"))).toHaveLength(names.length);
    for (const name of names) {
      const { state, outputs } = await test.edge.provisioner.status(name.replace(".json", ""));
      expect(state).toBe("deployed");
      const path = new URL(`${outputs?.endpoint}/x`).pathname;
      const { status } = await test.call(path, { headers: { "x-api-key": "key-a" } });
      expect(status).toBe(name === "outlet-bot0.json" ? 200 : 403);
      if (name !== "outlet-bot0.json") continue;
      const lines = await test.log(outputs?.stack.restApiId ?? "");
      expect(lines.filter((line) => line.status === "200").length).toBeGreaterThan(served);
    }
  });
});
