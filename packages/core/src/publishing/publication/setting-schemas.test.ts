import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { Origin, originMatches } from "./setting-schemas.ts";

describe("an origin on the list", () => {
  const good = [
    "*",
    "https://example.com",
    "http://localhost:5173",
    "https://*.example.com",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
    "capacitor://localhost",
    "http://my_host:3000",
  ];
  const bad = [
    "example.com",
    "https://",
    "https://example.com/",
    "https://example.com/path",
    "https://*",
    "https://a.*.com",
    "https://*.*.com",
    "https://*example.com",
    "https://user@example.com",
    "null",
    "",
    "https://example.com:port",
    "https://example.com:65536",
  ];
  for (const origin of good) {
    test(`${origin} is taken`, () => expect(v.is(Origin, origin)).toBe(true));
  }
  for (const origin of bad) {
    test(`"${origin}" is refused`, () => expect(v.is(Origin, origin)).toBe(false));
  }
});

describe("a browser's origin", () => {
  const cases: [asked: string, list: string[], matches: boolean][] = [
    ["https://example.com", ["https://example.com"], true],
    ["https://EXAMPLE.com", ["https://example.com"], true],
    ["http://example.com", ["https://example.com"], false],
    ["https://example.com:8443", ["https://example.com"], false],
    ["https://a.example.com", ["https://*.example.com"], true],
    ["https://a.b.example.com", ["https://*.example.com"], true],
    ["https://example.com", ["https://*.example.com"], false],
    ["https://evilexample.com", ["https://*.example.com"], false],
    ["https://evil.com/.example.com", ["https://*.example.com"], false],
    ["https://a.example.com:8443", ["https://*.example.com"], false],
    ["https://a.example.com:8443", ["https://*.example.com:8443"], true],
    ["http://a.example.com", ["https://*.example.com"], false],
    ["https://anything.example", ["*"], true],
    ["https://shop.example", ["https://shop.example:443"], true],
    ["http://dev.example", ["http://dev.example:80"], true],
    ["http://dev.example:443", ["http://dev.example"], false],
    ["https://shop.example", ["https://SHOP.example"], true],
    ["https://a.b.example", ["https://*.b.example:443"], true],
    ["http://[::1]", ["http://[::1]:80"], true],
    ["capacitor://localhost", ["capacitor://localhost"], true],
    ["null", ["https://example.com"], false],
    ["https://example.com", [], false],
  ];
  for (const [asked, list, matches] of cases) {
    test(`${asked} is ${matches ? "" : "not "}on ${JSON.stringify(list)}`, () => {
      expect(originMatches(asked, list)).toBe(matches);
    });
  }

  test("under a wildcard always ends in its domain", () => {
    fc.assert(
      fc.property(fc.string(), (host) => {
        if (!originMatches(`https://${host}`, ["https://*.example.com"])) return;
        expect(new URL(`https://${host}`).hostname.endsWith(".example.com")).toBe(true);
      }),
    );
  });
});
