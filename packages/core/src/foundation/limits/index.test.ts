import { expect, test } from "vitest";
import { Limits } from "./index.ts";

const said = { caps: "", keyDays: "", keyDaysMost: "" };

test("limits are as by default where nothing is said", () => {
  expect(Limits.parse(said)).toEqual(Limits.defaults);
});

test("those that are said take the place of the defaults", () => {
  const limits = Limits.parse({ caps: "bots=3, keys = 0", keyDays: "30", keyDaysMost: "90" });
  expect(limits.caps).toEqual({ ...Limits.defaults.caps, bots: 3, keys: 0 });
  expect(limits.keyLifetime).toEqual({ defaultDays: 30, mostDays: 90 });
});

test.each([
  [{ ...said, caps: "cats=3" }, "cats=3"],
  [{ ...said, caps: "bots=-1" }, "bots=-1"],
  [{ ...said, caps: "bots" }, "bots"],
  [{ ...said, keyDays: "0" }, "lifetime"],
  [{ ...said, keyDaysMost: "1.5" }, "longest"],
])("%j is refused by name", (wrong, named) => {
  expect(() => Limits.parse(wrong)).toThrow(named);
});
