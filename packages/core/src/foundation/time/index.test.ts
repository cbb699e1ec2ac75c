import * as v from "valibot";
import { expect, test } from "vitest";
import { Time } from "./index.ts";

test.each([
  ["2028-02-29T00:00:00Z", true],
  ["2027-02-28T23:59:59.123456+05:30", true],
  ["2027-02-29T00:00:00Z", false],
  ["2027-04-31T00:00:00+02:00", false],
  ["2100-02-29T00:00:00Z", false],
  ["2027-13-01T00:00:00Z", false],
  ["2027-01-01T24:00:00Z", false],
  ["2027-01-01", false],
  ["soon", false],
])("whether %s is a time: %s", (text, is) => {
  expect(v.is(Time.Timestamp(), text)).toBe(is);
});
