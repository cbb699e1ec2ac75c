import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fixedClock, spec, startEdge } from "./edge.test-support.ts";

const withKey = { headers: { "x-api-key": "key-a" } };

describe("a stack", () => {
  it("is deployed once for each token", async () => {
    await using test = await startEdge();
    const { provisioner } = test.edge;
    expect(await provisioner.status("outlet-bot1")).toEqual({ state: "absent" });
    await provisioner.deploy(spec("BOT1"), "one");
    const first = await provisioner.status("outlet-bot1");
    expect(first).toMatchObject({
      state: "deployed",
      outputs: {
        stack: { restApiId: expect.stringMatching(/^[a-z0-9]{10}$/) },
        endpoint: `http://localhost:${test.port}/${first.outputs?.stack.restApiId}/api`,
      },
    });
    await provisioner.deploy(spec("BOT1", { stage: "other" }), "one");
    expect(await provisioner.status("outlet-bot1")).toEqual(first);
    expect(test.edge.restApis()).toEqual([first.outputs?.stack.restApiId]);
  });

  it("keeps its ids, keys and counters when it changes", async () => {
    await using test = await startEdge({ clock: fixedClock("2026-11-22T10:00:00Z") });
    const { provisioner } = test.edge;
    const { restApiId, usagePlanId } = await test.publish(spec("BOT1"), ["key-a"]);
    expect((await test.call(`/${restApiId}/api/x`, withKey)).status).toBe(200);
    await provisioner.deploy(spec("BOT1", { quota: { limit: 2, period: "WEEK" } }), "two");
    const { outputs } = await provisioner.status("outlet-bot1");
    expect(outputs).toMatchObject({ stack: { restApiId, usagePlanId } });
    expect((await test.call(`/${restApiId}/api/x`, withKey)).status).toBe(200);
    // What was used before there was a quota counts as well.
    expect((await test.call(`/${restApiId}/api/x`, withKey)).status).toBe(429);
  });

  it("that cannot be deployed says why, and what was served before goes on", async () => {
    await using test = await startEdge();
    const { provisioner } = test.edge;
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    await provisioner.deploy(spec("BOT1", { stage: "not a stage" }), "two");
    expect(await provisioner.status("outlet-bot1")).toMatchObject({
      state: "failed",
      reason: "The stage's name is not allowed.",
      outputs: { stack: { restApiId } },
    });
    expect((await test.call(`/${restApiId}/api/x`, withKey)).status).toBe(200);
    await provisioner.deploy(spec("BOT3", { stage: "not a stage" }), "one");
    expect((await provisioner.status("outlet-bot3")).outputs).toBeUndefined();
    await provisioner.remove("outlet-bot3", "three");
    expect(await provisioner.status("outlet-bot3")).toEqual({ state: "absent" });
  });

  it("leaves nothing behind when it is removed, however often that is done", async () => {
    await using test = await startEdge();
    const outputs = await test.publish(spec("BOT1"), ["key-a"]);
    await test.call(`/${outputs.restApiId}/api/x`, withKey);
    await test.edge.provisioner.remove("outlet-bot1", "t");
    await test.edge.provisioner.remove("outlet-bot1", "t");
    expect(await test.edge.provisioner.status("outlet-bot1")).toEqual({ state: "absent" });
    expect(test.edge.restApis()).toEqual([]);
    expect(readdirSync(join(test.dataDir, "stacks"))).toEqual([]);
    expect(readdirSync(join(test.dataDir, "access-logs"))).toEqual([]);
    await expect(
      test.edge.provisioner.putKey(outputs.stack, { keyId: "k", value: "v" }),
    ).rejects.toThrow("no usage plan");
  });

  it("has a name that cannot leave the folder", async () => {
    await using test = await startEdge();
    const stack = spec("BOT1", { stackName: "../../outside" });
    await expect(test.edge.provisioner.deploy(stack, "one")).rejects.toThrow(TypeError);
    expect(test.edge.restApis()).toEqual([]);
  });

  it("is served from the very template on disk", async () => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const path = join(test.dataDir, "stacks", "outlet-bot1.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace('"StageName":"api"', '"StageName":"live"'));
    await test.restart();
    expect((await test.call(`/${restApiId}/live/x`, withKey)).status).toBe(200);
    expect((await test.call(`/${restApiId}/api/x`, withKey)).status).toBe(403);
  });
});

describe("a restart", () => {
  it("loses no API, no key and nothing that was counted", async () => {
    await using test = await startEdge({ clock: fixedClock("2026-11-22T10:00:00Z") });
    const stack = spec("BOT1", { quota: { limit: 2, period: "DAY" } });
    const { restApiId } = await test.publish(stack, ["key-a"]);
    const path = `/${restApiId}/api/x`;
    expect((await test.call(path, withKey)).status).toBe(200);
    await test.restart();
    expect((await test.call(path, withKey)).status).toBe(200);
    await test.restart();
    expect((await test.call(path, withKey)).status).toBe(429);
    expect(await test.log(restApiId)).toHaveLength(3);
    await test.edge.provisioner.deploy(stack, "token-BOT1");
    expect(test.edge.restApis()).toEqual([restApiId]);
  });

  it("sweeps what a crash left half done", async () => {
    await using test = await startEdge();
    const { restApiId } = await test.publish(spec("BOT1"), ["key-a"]);
    const stacks = join(test.dataDir, "stacks");
    const logs = join(test.dataDir, "access-logs");
    // A stack half written, and one removed but for its log.
    writeFileSync(join(stacks, "outlet-bot2.json.tmp"), '{"stackName":"outlet-b');
    writeFileSync(join(logs, "0123456789.log"), "{}\n");
    await test.restart();
    expect(test.edge.restApis()).toEqual([restApiId]);
    expect(readdirSync(stacks)).toEqual(["outlet-bot1.json"]);
    expect(readdirSync(logs)).toEqual([`${restApiId}.log`]);
  });

  it("serves the others where one stack cannot be read any more", async () => {
    await using test = await startEdge();
    const one = await test.publish(spec("BOT1"), ["key-a"]);
    const two = await test.publish(spec("BOT2"), ["key-a"]);
    const path = join(test.dataDir, "stacks", "outlet-bot1.json");
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("STREAM", "BUFFERED"));
    await test.restart();
    expect(test.edge.restApis()).toEqual([two.restApiId]);
    expect((await test.call(`/${one.restApiId}/api/x`, withKey)).status).toBe(404);
    expect((await test.edge.provisioner.status("outlet-bot1")).state).toBe("failed");
  });
});

describe("a path under the domain of published APIs", () => {
  const event = async (test: Awaited<ReturnType<typeof startEdge>>, path: string) =>
    JSON.parse((await test.call(path, withKey)).text);

  it("stays when the bot is published anew, and is before the path that the function is given", async () => {
    await using test = await startEdge({ apiDomain: "bots.example.com" });
    const first = await test.publish(spec("BOT1"), ["key-a"]);
    expect(first).toMatchObject({
      stableEndpoint: true,
      endpoint: expect.stringMatching(/\/BOT1$/),
    });
    expect(await event(test, "/BOT1/x")).toMatchObject({
      path: "/BOT1/x",
      pathParameters: { proxy: "x" },
      requestContext: { path: "/BOT1/x", stage: "api" },
    });
    await test.edge.provisioner.remove("outlet-bot1", "gone");
    expect((await test.call("/BOT1/x", withKey)).status).toBe(418);
    const second = await test.publish(spec("BOT1"), ["key-a"]);
    expect(second.endpoint).toBe(first.endpoint);
    expect(second.restApiId).not.toBe(first.restApiId);
    expect((await test.call("/BOT1/x", withKey)).status).toBe(200);
  });

  it("closes the API's own address, unless clients have it", async () => {
    await using test = await startEdge({ apiDomain: "bots.example.com" });
    const closed = await test.publish(spec("BOT1"), ["key-a"]);
    const open = await test.publish(spec("BOT2", { ownAddress: true }), ["key-a"]);
    expect(await test.call(`/${closed.restApiId}/api/x`, withKey)).toMatchObject({
      status: 403,
      text: '{"message":"Forbidden"}',
    });
    expect((await test.call(`/${open.restApiId}/api/x`, withKey)).status).toBe(200);
    expect(await event(test, "/BOT2/x")).toMatchObject({ stageVariables: { basePath: "BOT2" } });
  });
});
