import { expect, test } from "vitest";
import type { Key } from "../queries.ts";
import { fieldsOf, toBody } from "./key-draft.ts";

const key = {
  label: "Website",
  scopes: ["invoke"],
  allowedIps: ["10.0.0.0/8", "::1"],
  allowedOrigins: ["https://a.example"],
  throttle: { rateLimit: 0.5, burstLimit: 3 },
  quota: { limit: 9, period: "WEEK" },
  budget: { period: "TOTAL", spendMicroUsd: 1_500_000, runs: null },
  metadata: { team: "Sales = EMEA" },
};

test("what a key has comes back as it was", () => {
  expect(toBody(fieldsOf(key as unknown as Key))).toEqual(key);
});

test("what is left empty is no limit, and a rate alone is its own burst", () => {
  const bare = { ...key, allowedOrigins: null, throttle: null, quota: null, budget: null };
  const fields = fieldsOf({ ...bare, allowedIps: [], metadata: {} } as unknown as Key);
  expect(toBody(fields)).toEqual({ ...bare, allowedIps: [], metadata: {} });
  expect(toBody({ ...fields, rate: "2.5" }).throttle).toEqual({ rateLimit: 2.5, burstLimit: 3 });
});
