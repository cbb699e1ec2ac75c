import { expect, test } from "vitest";
import type { Ceiling as Info } from "../../ports/index.ts";
import { Ceiling } from "./index.ts";

const holding = (...all: Info[]) => ({
  provisioner: {
    ceilings: async (names: readonly Info["name"][]) =>
      all.filter(({ name }) => names.includes(name)),
  },
});
const plans = (used: number): Info => ({ name: "usagePlans", used, max: 300, isRaisable: true });
const apis = (used: number): Info => ({ name: "apis", used, max: 600, isRaisable: false });

test("the 300th usage plan is let in, and the 301st refused with how to get more", async () => {
  await Ceiling.requireRoom(holding(apis(299), plans(299)), 0);
  await expect(Ceiling.requireRoom(holding(apis(300), plans(300)), 0)).rejects.toMatchObject({
    code: "no_room",
    message: expect.stringMatching(/300 usage plans .*raise that quota/),
  });
});

test("what cannot be raised is not said to be", async () => {
  await expect(Ceiling.requireRoom(holding(apis(600)), 0)).rejects.toThrow(/cannot be raised/);
});

test("the 10,000th key is let in, and the 10,001st refused, which another publish would need too", async () => {
  const keys = (used: number): Info => ({ name: "keys", used, max: 10_000, isRaisable: false });
  await Ceiling.requireRoomForKey(holding(keys(9_999)));
  const refusal = {
    code: "no_room",
    message: expect.stringMatching(/10000 API keys .*delete keys/),
  };
  await expect(Ceiling.requireRoomForKey(holding(keys(10_000)))).rejects.toMatchObject(refusal);
  await expect(
    Ceiling.requireRoom(holding(apis(1), plans(1), keys(10_000)), 0),
  ).rejects.toMatchObject(refusal);
});

test("those that were let in and are still on their way count too", async () => {
  await expect(Ceiling.requireRoom(holding(plans(295)), 5)).rejects.toThrow(/300 usage plans/);
});

test("a provisioner without ceilings has room for all", async () => {
  await Ceiling.requireRoom({ provisioner: {} }, 1_000);
  expect(await Ceiling.list({})).toEqual([]);
});
