import { type Clock, type QuotaCounters, StoreUnavailable } from "@outlet/core/ports";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createGatewayQuotaCounters } from "./gateway-quota-counters.ts";
import { startControlPlane } from "./provisioner/control-plane.test-support.ts";
import { createControlPlaneClients } from "./provisioner/control-plane-clients.ts";

let now: number;
const clock: Clock = { now: () => now, sleep: async () => {} };
let controlPlane: Awaited<ReturnType<typeof startControlPlane>>;
let counters: QuotaCounters;

beforeEach(async () => {
  now = Date.parse("2026-11-22T12:00:00Z");
  controlPlane = await startControlPlane(clock);
  const { apiGateway } = createControlPlaneClients({
    region: "us-east-1",
    endpoint: controlPlane.endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  counters = createGatewayQuotaCounters({ apiGateway, clock });
  const { keys } = controlPlane;
  for (const [id, name] of [
    ["a1", "outlet-key-ONE"],
    ["b2", "outlet-key-TWO"],
    ["c3", "outlet-key-THREE"],
    ["d4", "somebody-else"],
  ] as const) {
    keys.keys.set(id, { id, name, value: `value-of-${id}`, enabled: true });
  }
  keys.plans.set("plan", new Set(["a1", "b2", "c3", "d4"]));
  const used = (days: Record<string, number>) => new Map(Object.entries(days));
  keys.usage.set(
    "plan",
    new Map([
      ["a1", used({ "2026-11-20": 3, "2026-11-22": 5 })],
      ["b2", used({ "2026-11-21": 7 })],
      ["c3", used({ "2026-11-22": 2, "2026-10-01": 99 })],
      ["d4", used({ "2026-11-22": 1_000 })],
    ]),
  );
});
afterEach(() => controlPlane.stop());

const stack = { restApiId: "api", usagePlanId: "plan" };

test("each key's requests are told by the day, over all pages, others' keys left out", async () => {
  expect(await counters.used(stack, { from: "2026-11-20", to: "2026-11-22" })).toEqual([
    { keyId: "ONE", day: "2026-11-20", used: 3 },
    { keyId: "ONE", day: "2026-11-22", used: 5 },
    { keyId: "TWO", day: "2026-11-21", used: 7 },
    { keyId: "THREE", day: "2026-11-22", used: 2 },
  ]);
});

test("who asks again within a minute does not ask the control plane again", async () => {
  const today = { from: "2026-11-22", to: "2026-11-22" };
  const ask = async () => (await counters.used(stack, today)).map(({ used }) => used);
  expect(await ask()).toEqual([5, 2]);
  const { calls } = controlPlane.keys;
  controlPlane.keys.usage.get("plan")?.get("a1")?.set("2026-11-22", 6);
  now += 59_000;
  expect(await ask()).toEqual([5, 2]);
  expect(controlPlane.keys.calls).toBe(calls);
  now += 2_000;
  expect(await ask()).toEqual([6, 2]);
});

test("a throttled control plane is StoreUnavailable, and is asked again", async () => {
  controlPlane.keys.throttled = 1;
  const today = { from: "2026-11-22", to: "2026-11-22" };
  await expect(counters.used(stack, today)).rejects.toThrow(StoreUnavailable);
  expect(await counters.used(stack, today)).toHaveLength(2);
});
