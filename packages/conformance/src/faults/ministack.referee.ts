import { afterAll, beforeAll, expect, test } from "vitest";
import { refereeEndpoints } from "../referees/endpoints.ts";
import { playCampaign } from "./campaign.ts";
import { startMinistackStores } from "./ministack.ts";

let stores: Awaited<ReturnType<typeof startMinistackStores>>;

beforeAll(async () => {
  stores = await startMinistackStores(refereeEndpoints().ministack);
});

afterAll(() => stores?.close());

test("the run protocol holds where AWS throttles, resets connections and loses replies", async () => {
  const report = await playCampaign({
    seed: "1",
    runs: 30,
    lanes: 4,
    randomOnly: true,
    stores,
    say: (line) => process.stdout.write(`${line}\n`),
  });
  expect(report.failures.map(({ found }) => found.violation?.message)).toEqual([]);
  expect(report.acknowledged).toBeGreaterThanOrEqual(25);
  expect(Object.values(await stores.fired()).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(20);
});
