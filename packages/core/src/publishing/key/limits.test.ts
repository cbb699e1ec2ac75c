import * as v from "valibot";
import { expect, test } from "vitest";
import { admits, limitEntries, noLimits } from "./limits.ts";

const from = (ip: string, origin?: string) => ({ ip, origin });

test.each([
  [["203.0.113.0/24"], "203.0.113.255", true],
  [["203.0.113.0/24"], "203.0.114.0", false],
  [["203.0.113.7"], "203.0.113.7", true],
  [["2001:db8::/32"], "2001:db8:ffff::1", true],
  [["2001:db8::/32"], "2001:db9::1", false],
  [["0.0.0.0/0"], "2001:db8::1", false],
  [["::/0", "10.0.0.0/8"], "10.255.0.1", true],
  [["10.0.0.0/8"], "::ffff:10.0.0.1", true],
  [["10.0.0.0/8"], "", false],
  [["10.0.0.0/8"], "10.0.0.1, 1.2.3.4", false],
  [[], "anything", true],
])("addresses %j admit %s: %j", (allowedIps, ip, admitted) => {
  expect(admits({ ...noLimits, allowedIps }, from(ip))).toBe(admitted);
});

test.each([
  [null, undefined, true],
  [null, "https://evil.example", true],
  [["https://shop.example"], "https://shop.example", true],
  [["https://*.shop.example"], "https://eu.shop.example", true],
  [["https://shop.example"], "https://shop.example.evil.example", false],
  [["https://shop.example"], undefined, false],
  [[], "https://shop.example", false],
])("origins %j admit %s: %j", (allowedOrigins, origin, admitted) => {
  expect(admits({ ...noLimits, allowedOrigins }, from("10.0.0.1", origin))).toBe(admitted);
});

test.each(["10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/8/8", "10.0.0.0/", "x", "fe80::1%eth0"])(
  "%s is no range",
  (range) => {
    expect(v.is(limitEntries.allowedIps, [range])).toBe(false);
  },
);

test("scopes are named once each, and one at least", () => {
  for (const scopes of [[], ["read", "read"], ["admin"]]) {
    expect(v.is(limitEntries.scopes, scopes)).toBe(false);
  }
  expect(v.is(limitEntries.scopes, ["read", "invoke"])).toBe(true);
});
