import type { Clock, StackSpec } from "@outlet/core/ports";
import { StoreUnavailable, silentLog } from "@outlet/core/ports";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCloudFormationProvisioner } from "./cloudformation-provisioner.ts";
import { startControlPlane } from "./provisioner/control-plane.test-support.ts";
import { createControlPlaneClients } from "./provisioner/control-plane-clients.ts";
import { unpaced } from "./provisioner/pace.ts";
import { testPlatform } from "./published-stack/platform.test-support.ts";

const spec: StackSpec = {
  botId: "01BOT",
  stackName: "outlet-bot-01BOT",
  stage: "api",
  throttle: { burstLimit: 10, rateLimit: 5 },
  quota: null,
  allowedOrigins: [],
  ownerId: "owner",
};

let now: number;
const clock: Clock = { now: () => now, sleep: async () => {} };
let controlPlane: Awaited<ReturnType<typeof startControlPlane>>;
let provisioner: ReturnType<typeof createCloudFormationProvisioner>;

function create(maxAttempts = 3) {
  const clients = createControlPlaneClients({
    region: "us-east-1",
    endpoint: controlPlane.endpoint,
    maxAttempts,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  return createCloudFormationProvisioner({
    ...clients,
    platform: testPlatform,
    serviceRoleArn: "arn:aws:iam::111122223333:role/stacks",
    pace: unpaced,
    clock,
    log: silentLog,
  });
}

beforeEach(async () => {
  now = Date.parse("2026-01-01T00:00:00Z");
  controlPlane = await startControlPlane(clock);
  provisioner = create();
});
afterEach(() => controlPlane.stop());

const pass = (seconds = 10) => {
  now += seconds * 1000;
};
const state = async () => (await provisioner.status(spec.stackName)).state;
const started = (act: string) => controlPlane.starts.filter((s) => s.act === act).length;

/** Calls `deploy` and asks, as the deployer does, until something has come of it. */
async function settle(wanted: StackSpec, token: string) {
  for (let i = 0; i < 20; i++) {
    await provisioner.deploy(wanted, token);
    const status = await provisioner.status(wanted.stackName);
    if (status.state === "deployed" || status.state === "failed") return status;
    pass();
  }
  throw new Error("nothing came of it");
}

describe("publishing a stack", () => {
  test("goes from absent over in progress to deployed, and tells where it is", async () => {
    expect(await state()).toBe("absent");
    await provisioner.deploy(spec, "deploy-1");
    const status = await provisioner.status(spec.stackName);
    expect(status).toMatchObject({
      state: "in_progress",
      progress: { done: 0, current: "RestApi" },
    });
    expect(status.progress?.total).toBeGreaterThan(5);
    pass();
    expect(await provisioner.status(spec.stackName)).toMatchObject({
      state: "deployed",
      outputs: {
        stack: { restApiId: "api-outlet-bot-01BOT" },
        endpoint: "https://outlet-bot-01BOT",
      },
    });
  });

  test("hands CloudFormation the role, the tags, the token and no way to leave a ruin", async () => {
    await provisioner.deploy(spec, "deploy-1");
    const { parameters } = controlPlane.calls.find(({ action }) => action === "CreateStack") ?? {};
    expect(parameters).toMatchObject({
      StackName: spec.stackName,
      ClientRequestToken: "deploy-1",
      OnFailure: "ROLLBACK",
      RoleARN: "arn:aws:iam::111122223333:role/stacks",
      "Tags.member.1.Key": "outlet:bot-id",
      "Tags.member.1.Value": "01BOT",
      "Tags.member.2.Key": "outlet:owner-id",
      "Tags.member.3.Key": "outlet:cell",
    });
  });

  test("is started once however often it is asked for, in this process or the next", async () => {
    await provisioner.deploy(spec, "deploy-1");
    await provisioner.deploy(spec, "deploy-1");
    provisioner = create();
    await provisioner.deploy(spec, "deploy-1");
    pass();
    await provisioner.deploy(spec, "deploy-1");
    expect(controlPlane.starts).toHaveLength(1);
    expect(await state()).toBe("deployed");
  });

  test("is started once where the answer to the start is lost", async () => {
    controlPlane.loseReplies("CreateStack", 1);
    await provisioner.deploy(spec, "deploy-1");
    expect(started("CREATE")).toBe(1);
    expect(await state()).toBe("in_progress");
  });

  test("fails with the first failure's reason, and stays failed for this act", async () => {
    controlPlane.failNext("CREATE", "Invalid stage name (Service: ApiGateway, Status Code: 400)");
    const status = await settle(spec, "deploy-1");
    expect(status).toEqual({ state: "failed", reason: "RestApi: Invalid stage name" });
    await provisioner.deploy(spec, "deploy-1");
    expect(controlPlane.starts).toHaveLength(1);
  });

  test("clears away what an earlier act left behind, then makes it anew", async () => {
    controlPlane.failNext("CREATE", "Invalid stage name");
    await settle(spec, "deploy-1");
    expect(await settle(spec, "deploy-2")).toMatchObject({ state: "deployed" });
    expect(controlPlane.starts.map(({ act }) => act)).toEqual(["CREATE", "DELETE", "CREATE"]);
  });

  test("clears again where clearing failed", async () => {
    controlPlane.failNext("CREATE", "Invalid stage name");
    await settle(spec, "deploy-1");
    controlPlane.failNext("DELETE", "Throttling");
    expect(await settle(spec, "deploy-2")).toMatchObject({ state: "deployed" });
    expect(started("DELETE")).toBe(2);
  });

  test.each([
    "AWS WAF couldn’t retrieve the resource that you requested. WAFUnavailableEntityException",
    "Too Many Requests",
  ])("is begun anew by itself after “%s”", async (reason) => {
    controlPlane.failNext("CREATE", reason);
    expect(await settle(spec, "deploy-1")).toMatchObject({ state: "deployed" });
    expect(started("CREATE")).toBe(2);
  });

  test("gives up on a failure that passes after five tries", async () => {
    for (let i = 0; i < 9; i++) controlPlane.failNext("CREATE", "Too Many Requests");
    expect(await settle(spec, "deploy-1")).toMatchObject({ state: "failed" });
    expect(started("CREATE")).toBe(5);
  });

  test("says why CloudFormation would not take it", async () => {
    controlPlane.refuseNext("CreateStack", {
      status: 400,
      code: "LimitExceededException",
      message: "Limit for stack has been exceeded",
    });
    provisioner = create(1);
    await provisioner.deploy(spec, "deploy-1");
    expect(await provisioner.status(spec.stackName)).toEqual({
      state: "failed",
      reason: "Limit for stack has been exceeded",
    });
  });
});

describe("changing a stack", () => {
  const changed = { ...spec, throttle: null };
  beforeEach(() => settle(spec, "deploy-1"));

  test("updates it in place", async () => {
    expect(await settle(changed, "deploy-2")).toMatchObject({ state: "deployed" });
    expect(controlPlane.starts.map(({ act }) => act)).toEqual(["CREATE", "UPDATE"]);
  });

  test("takes “nothing to update” for success, after a failed update too", async () => {
    expect(await settle(spec, "deploy-2")).toMatchObject({ state: "deployed" });
    controlPlane.failNext("UPDATE", "Invalid");
    expect(await settle(changed, "deploy-3")).toMatchObject({ state: "failed" });
    expect(await settle(spec, "deploy-4")).toMatchObject({ state: "deployed" });
    expect(started("UPDATE")).toBe(1);
  });

  test("is not done while it is not its turn", async () => {
    await provisioner.deploy({ ...spec, quota: { limit: 5, period: "DAY" } }, "deploy-2");
    // Another act meanwhile: it has to wait for the first, and must not take its end for its own.
    await provisioner.deploy(changed, "deploy-3");
    pass();
    expect(await state()).toBe("in_progress");
    expect(await settle(changed, "deploy-3")).toMatchObject({ state: "deployed" });
    expect(started("UPDATE")).toBe(2);
  });

  test("fails with a reason, and begins anew by itself where the failure passes", async () => {
    controlPlane.failNext("UPDATE", "Invalid burst limit");
    expect(await settle(changed, "deploy-2")).toMatchObject({
      state: "failed",
      reason: "RestApi: Invalid burst limit",
      outputs: { stack: { restApiId: "api-outlet-bot-01BOT" } },
    });
    controlPlane.failNext("UPDATE", "Rate exceeded");
    expect(await settle(changed, "deploy-3")).toMatchObject({ state: "deployed" });
  });
});

describe("removing a stack", () => {
  beforeEach(() => settle(spec, "deploy-1"));

  test("ends in absence, and a second time changes nothing", async () => {
    await provisioner.remove(spec.stackName, "remove-1");
    expect(await state()).toBe("removing");
    await provisioner.remove(spec.stackName, "remove-1");
    pass();
    expect(await state()).toBe("absent");
    await provisioner.remove(spec.stackName, "remove-1");
    expect(started("DELETE")).toBe(1);
  });

  test("is tried again, with a token of its own, as often as it fails", async () => {
    for (let i = 0; i < 7; i++) controlPlane.failNext("DELETE", "Throttling");
    for (let i = 0; i < 8; i++) {
      await provisioner.remove(spec.stackName, "remove-1");
      pass();
    }
    expect(await state()).toBe("absent");
    const tokens = controlPlane.calls.flatMap(({ action, parameters }) =>
      action === "DeleteStack" ? [parameters.ClientRequestToken] : [],
    );
    expect(new Set(tokens).size).toBe(8);
  });

  test("takes the plan's keys along, also those nobody remembers", async () => {
    controlPlane.keys.plans.set("plan-outlet-bot-01BOT", new Set());
    const { outputs } = await provisioner.status(spec.stackName);
    if (!outputs) throw new Error("no outputs");
    for (const keyId of ["A", "B", "C", "D", "E"]) {
      await provisioner.putKey(outputs.stack, { keyId, value: `value-of-key-number-${keyId}` });
    }
    await provisioner.remove(spec.stackName, "remove-1");
    expect(controlPlane.keys.keys.size).toBe(0);
  });
});

describe("errors of CloudFormation", () => {
  test.each([
    { status: 400, code: "ValidationError", message: "Stack with id other does not exist" },
    { status: 400, code: "ValidationError", message: "Stack name is malformed" },
    {
      status: 403,
      code: "AccessDenied",
      message: `Stack with id ${spec.stackName} does not exist`,
    },
    { status: 404, code: "NotFound", message: "Not Found" },
  ])("are never taken for a missing stack: $code $message", async (refusal) => {
    controlPlane.refuseNext("DescribeStacks", refusal);
    await expect(provisioner.status(spec.stackName)).rejects.toThrow(refusal.message);
  });

  test("throttling is waited out", async () => {
    const throttling = { status: 400, code: "Throttling", message: "Rate exceeded" };
    controlPlane.refuseNext("DescribeStacks", throttling, 1);
    expect(await state()).toBe("absent");
  });

  test("throttling that does not end says that the service is out of reach", async () => {
    const throttling = { status: 400, code: "Throttling", message: "Rate exceeded" };
    controlPlane.refuseNext("DescribeStacks", throttling, 3);
    await expect(provisioner.status(spec.stackName)).rejects.toThrow(StoreUnavailable);
  });
});

describe("what CloudFormation's validation finds before it begins", () => {
  test("is the reason that the owner is told", async () => {
    controlPlane.failNext("CREATE", "Validation failed");
    await provisioner.deploy(spec, "deploy-1");
    const stack = controlPlane.stack(spec.stackName);
    if (stack) stack.finding = "The stage name is taken by another resource.";
    pass();
    expect(await provisioner.status(spec.stackName)).toMatchObject({
      state: "failed",
      reason: "RestApi: The stage name is taken by another resource.",
    });
  });

  test("may be unreadable: the stack's own reason is told then", async () => {
    controlPlane.failNext("CREATE", "No such thing");
    controlPlane.refuseNext("DescribeEvents", { status: 403, code: "AccessDenied", message: "no" });
    await provisioner.deploy(spec, "deploy-1");
    pass();
    const { reason } = await provisioner.status(spec.stackName);
    expect(reason).toBe("RestApi: No such thing");
  });
});

describe("the gateway's keys", () => {
  const stack = { restApiId: "api", usagePlanId: "plan" };
  const key = { keyId: "01KEY", value: "a-value-of-more-than-twenty" };
  beforeEach(() => void controlPlane.keys.plans.set("plan", new Set()));

  test("are made enabled and put in the plan, once", async () => {
    await provisioner.putKey(stack, key);
    await provisioner.putKey(stack, key);
    const made = [...controlPlane.keys.keys.values()];
    expect(made).toMatchObject([{ name: "outlet-key-01KEY", value: key.value, enabled: true }]);
    expect([...(controlPlane.keys.plans.get("plan") ?? [])]).toEqual([made[0]?.id]);
  });

  test("are found by their exact name beyond the first page", async () => {
    for (const suffix of ["X1", "X2", "X3", "X4", ""]) {
      const keyId = `01KEY${suffix}`;
      await provisioner.putKey(stack, { keyId, value: `value-of-more-than-20-${keyId}` });
    }
    await provisioner.removeKey(stack, key);
    const names = [...controlPlane.keys.keys.values()].map(({ name }) => name);
    expect(names).toHaveLength(4);
    expect(names).not.toContain("outlet-key-01KEY");
  });

  test("may be removed twice", async () => {
    await provisioner.putKey(stack, key);
    await provisioner.removeKey(stack, key);
    await provisioner.removeKey(stack, key);
    expect(controlPlane.keys.keys.size).toBe(0);
  });

  test("are not left behind where the plan is gone", async () => {
    const gone = { ...stack, usagePlanId: "gone" };
    await expect(provisioner.putKey(gone, key)).rejects.toThrow(/Usage Plan/);
    expect(controlPlane.keys.keys.size).toBe(0);
  });

  test("are put in time although the control plane throttles", async () => {
    controlPlane.keys.throttled = 1;
    await provisioner.putKey(stack, key);
    expect(controlPlane.keys.keys.size).toBe(1);
  });
});
