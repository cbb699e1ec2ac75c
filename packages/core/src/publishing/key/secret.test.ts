import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemRandomness } from "../../ports/index.ts";
import * as Secret from "./secret.ts";

const pepper = Buffer.alloc(32, 1);
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

describe("a secret", () => {
  test("has prefix, 30 random characters and a checksum", () => {
    const secret = Secret.generate(systemRandomness);
    expect(secret).toMatch(/^outlet_[0-9A-Za-z]{36}$/);
    expect(Secret.isWellFormed(secret)).toBe(true);
  });

  test("has the checksum that CRC-32 gives", () => {
    // CRC-32 of thirty zeros is 0x77e5db82 = 2011552642 = 2C8GjS in base 62 (Python's zlib.crc32).
    expect(Secret.isWellFormed(`outlet_${"0".repeat(30)}${knownChecksum}`)).toBe(true);
  });
  const knownChecksum = "2C8GjS";

  test("with one character changed is refused", () => {
    const secret = Secret.generate(systemRandomness);
    fc.assert(
      fc.property(
        fc.integer({ min: 7, max: secret.length - 1 }),
        fc.constantFrom(...alphabet.split("")),
        (at, character) => {
          fc.pre(secret[at] !== character);
          const changed = secret.slice(0, at) + character + secret.slice(at + 1);
          expect(Secret.isWellFormed(changed)).toBe(false);
        },
      ),
    );
  });

  test("is never taken from rubbish, and rubbish never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (rubbish) => {
        expect(Secret.isWellFormed(rubbish)).toBe(false);
      }),
    );
  });

  test("draws every character alike, however the random bytes fall", () => {
    // 248 and above are thrown away: they would favour the first eight characters.
    const bytes = [255, 248, 0, 61, 62, 247];
    const secret = Secret.generate({
      bytes: (length) => Uint8Array.from({ length }, (_, i) => bytes[i % bytes.length] ?? 0),
      fraction: () => 0,
    });
    expect(secret.slice(7, 37)).toMatch(/^(0z0z)+0?z?/);
  });

  test("is stored under the pepper, apart from what the gateway counts by", () => {
    const hash = Secret.hash("outlet_x", pepper);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(Secret.hash("outlet_x", Buffer.alloc(32, 2))).not.toBe(hash);
    expect(Secret.gatewayValue("outlet_x", pepper)).not.toBe(hash);
    // API Gateway takes values of 20 to 128 characters.
    expect(Secret.gatewayValue("k", pepper)).toHaveLength(64);
  });
});
