import { type Clock, type StackSpec, silentLog } from "@outlet/core/ports";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCloudFormationProvisioner } from "../cloudformation-provisioner.ts";
import { testPlatform } from "../published-stack/platform.test-support.ts";
import { startControlPlane } from "./control-plane.test-support.ts";
import { createControlPlaneClients } from "./control-plane-clients.ts";
import { unpaced } from "./pace.ts";

let now: number;
const clock: Clock = { now: () => now, sleep: async () => {} };
let controlPlane: Awaited<ReturnType<typeof startControlPlane>>;

beforeEach(async () => {
  now = Date.parse("2026-01-01T00:00:00Z");
  controlPlane = await startControlPlane(clock);
});
afterEach(() => controlPlane.stop());

const pass = (seconds: number) => void (now += seconds * 1000);
const started = (act: string) => controlPlane.starts.filter((s) => s.act === act).length;

/** One stage's, with a pace of its own that would let everything through. */
const create = (stage: string) =>
  createCloudFormationProvisioner({
    ...createControlPlaneClients({
      region: "us-east-1",
      endpoint: controlPlane.endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    }),
    platform: { ...testPlatform, stage },
    serviceRoleArn: "arn:aws:iam::111122223333:role/stacks",
    pace: unpaced,
    clock,
    usagePlansMax: 2,
    log: silentLog,
  });

const spec: StackSpec = {
  botId: "01BOT",
  stackName: "outlet-bot-01BOT",
  stage: "api",
  throttle: null,
  quota: null,
  allowedOrigins: [],
  ownerId: "owner",
};

describe("two stages in one account", () => {
  const named = (stage: string): StackSpec => ({ ...spec, stackName: `outlet-${stage}-bot-01BOT` });

  test("keep one pace: neither begins while the other's act has just begun", async () => {
    const [prod, other] = [create("prod"), create("test")];
    await prod.deploy(named("prod"), "deploy-1");
    await other.deploy(named("test"), "deploy-2");
    expect(started("CREATE")).toBe(1);
    expect((await other.status(named("test").stackName)).state).toBe("absent");
    pass(7);
    await other.deploy(named("test"), "deploy-2");
    expect(controlPlane.starts.map(({ stackName }) => stackName)).toEqual([
      "outlet-prod-bot-01BOT",
      "outlet-test-bot-01BOT",
    ]);
  });

  test("have keys and APIs of different names", async () => {
    controlPlane.keys.plans.set("plan", new Set());
    const stack = { restApiId: "api", usagePlanId: "plan" };
    for (const stage of ["prod", "test"]) {
      const key = { keyId: "01KEY", value: `a-value-of-more-than-twenty-${stage}` };
      await create(stage).putKey(stack, key);
    }
    expect([...controlPlane.keys.keys.values()].map(({ name }) => name)).toEqual([
      "outlet-prod-key-01KEY",
      "outlet-test-key-01KEY",
    ]);
  });
});

describe("what the account may hold", () => {
  test("is counted over all pages, whoever made it", async () => {
    for (const plan of ["a", "b", "c"]) controlPlane.keys.plans.set(plan, new Set());
    const counted = await create("prod").ceilings?.(["usagePlans", "keys"], 0);
    expect(counted).toEqual([
      { name: "usagePlans", used: 3, max: 2, isRaisable: true },
      { name: "keys", used: 0, max: 10_000, isRaisable: false },
    ]);
  });

  test("is not counted anew for whom older figures will do", async () => {
    const provisioner = create("prod");
    await provisioner.ceilings?.(["usagePlans"], 0);
    controlPlane.keys.plans.set("new", new Set());
    const used = async (maxAgeMs: number) =>
      (await provisioner.ceilings?.(["usagePlans"], maxAgeMs))?.[0]?.used;
    expect([await used(60_000), await used(0)]).toEqual([0, 1]);
  });
});
