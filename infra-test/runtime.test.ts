import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "../packages/core/src/publishing/key/secret.ts";
import { systemRandomness } from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { invoke, startFunction } from "./lambda-host/host.ts";
import type { Graph } from "./sst/graph.ts";
import { runtimeClient } from "./tools.ts";
import { authorizedEvent, authorizerEvent, batch, requestEvent } from "./applied/events.ts";
import { settings, stage } from "./applied/settings.ts";
import { handlerOf } from "./handler.ts";
import { program, root } from "./program.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await program(stage, settings);
}, 180_000);

/** A token whose signature somebody would have to be asked about. */
const authorization = `Bearer ${[{ alg: "RS256", kid: "1" }, { sub: "1" }, {}]
  .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
  .join(".")}`;

const bundleOf = (name: string) => join(root, ".sst/artifacts", `${idOf(name)}-src`, "bundle.mjs");
const idOf = (name: string) => graph.function(handlerOf(name)).id;

/** Where nobody answers: what a function needs of AWS fails at once. */
const nowhere = {
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
};
const broken = { batchItemFailures: [{ itemIdentifier: "message-1" }] };

describe("the bundle in AWS's runtime client of", () => {
  const coldMs: Record<string, number> = {};

  async function cold(name: string, event: unknown) {
    const id = idOf(name);
    const bundle = bundleOf(name);
    const env = { ...graph.functionById(id).env, ...nowhere };
    const begun = performance.now();
    const fn = await startFunction(bundle, {
      runtimeClient: runtimeClient ?? "",
      env,
      timeoutSeconds: 20,
    });
    try {
      const answer = await fn.invoke(event);
      coldMs[name] = Math.round(performance.now() - begun);
      return answer;
    } finally {
      await fn.stop();
    }
  }

  test.each([
    ["worker", batch("not JSON")],
    ["deployer", batch('{"botId":1}')],
    ["syncer", batch("{}")],
    ["webhooks", batch("{}")],
  ])("%s loads and reports the record that it cannot read", async (name, event) => {
    expect((await cold(name, event)).payload).toEqual(broken);
  });

  test("dead-letters loads and lets go of what is no bell", async () => {
    const { payload } = await cold("dead-letters", batch("not JSON"));
    expect(payload).toEqual({ batchItemFailures: [] });
  });

  test("authorizer loads and denies who presents nothing, without asking AWS", async () => {
    const { payload } = await cold("authorizer", {
      ...requestEvent("01BOT", "GET", "/health"),
      methodArn: "arn:aws:execute-api:us-east-1:111122223333:api/api/GET/health",
    });
    expect(payload.policyDocument.Statement[0].Effect).toBe("Deny");
  });

  test("published-api loads and streams a problem to who did not come through the gateway", async () => {
    const answer = await cold("published-api", requestEvent("01BOT", "GET", "/health"));
    expect(answer).toMatchObject({ status: 403 });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: "forbidden" } });
  });

  test("control-api loads and streams", async () => {
    const answer = await cold("control-api", requestEvent("", "GET", "/api/health"));
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.parse(answer.body)).toEqual({ status: "ok" });
  });

  test("sweeper loads and fails by name where the table is out of reach", async () => {
    expect((await cold("sweeper", {})).error?.errorType).toBe("StoreUnavailable");
  });

  const bell = { botId: "01BOT", clientId: "01CLIENT", conversationId: "c" };
  test.each<[string, unknown]>([
    ["worker", batch(JSON.stringify(bell))],
    ["dead-letters", batch(JSON.stringify(bell))],
    ["deployer", batch(JSON.stringify(bell))],
    ["syncer", batch(JSON.stringify(bell))],
    ["webhooks", batch(JSON.stringify({ botId: "01BOT", deliveryId: "evt_1" }))],
    ["sweeper", {}],
    ["authorizer", authorizerEvent("01BOT", generate(systemRandomness))],
    ["published-api", authorizedEvent(bell, "GET", "/conversation/c")],
    ["control-api", { ...requestEvent("", "GET", "/api/me"), headers: { authorization } }],
  ])("%s that is not done by the deadline is ended there", async (name, event) => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const { links, env: declared } = graph.functionById(idOf(name));
    // Where whoever signs tokens does not answer either.
    if (links.SignIn) links.SignIn.jwksUri = url;
    const { SST_KEY: _, SST_KEY_FILE: __, ...env } = declared;
    const { error } = await invoke(bundleOf(name), event, {
      runtimeClient: runtimeClient ?? "",
      env: {
        ...env,
        ...nowhere,
        AWS_ENDPOINT_URL: url,
        SST_RESOURCES_JSON: JSON.stringify(links),
      },
      timeoutSeconds: 1,
    });
    silent.close();
    silent.closeAllConnections();
    expect(error).toMatchObject({ errorType: "Sandbox.Timedout" });
  });

  afterAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), "outlet-bare-"));
    const bare = join(dir, "bundle.mjs");
    await writeFile(bare, "export const handler = async () => null;");
    let bareMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const begun = performance.now();
      await invoke(bare, {}, { runtimeClient: runtimeClient ?? "" });
      bareMs = Math.min(bareMs, Math.round(performance.now() - begun));
    }
    await rm(dir, { recursive: true });
    const rows = Object.entries(coldMs).map(([name, ms]) => `${name} +${ms - bareMs}`);
    process.stdout.write(
      `Cold start and first event over bare Node (${bareMs} ms), in ms: ${rows.join(", ")}\n`,
    );
  });
});
