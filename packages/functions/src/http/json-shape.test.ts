import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundShape, levelsMax, valuesMax } from "./json-shape.ts";

const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const wide = (values: number): string => JSON.stringify(Array.from({ length: values }, () => 1));
const tooLarge = expect.objectContaining({ code: "payload_too_large" });

describe("JSON is taken apart", () => {
  test.each([
    ["as deep as may be", nested(levelsMax)],
    ["as wide as may be", wide(valuesMax)],
    ["of what looks wide in a string", JSON.stringify({ a: ",[{".repeat(valuesMax) })],
    ["of escaped quotes", JSON.stringify({ a: '\\",["'.repeat(valuesMax) })],
    ["of one string that never ends", `"${"\\\\".repeat(100_000)},[{`],
    ["of nothing", ""],
  ])("%s", (_name, json) => expect(() => boundShape(json)).not.toThrow());

  test.each([
    ["deeper", nested(levelsMax + 1), "64 levels"],
    ["deeper in objects", '{"a":'.repeat(levelsMax + 1), "64 levels"],
    ["wider", wide(valuesMax + 1), "25000 members"],
    ["wider by names", `{"a":0${',"b":1'.repeat(valuesMax)}}`, "25000 members"],
    ["wider by empty lists", `[${"[]".repeat(valuesMax)}]`, "25000 members"],
    ["deep behind a string that ends in backslashes", `["\\\\",${nested(levelsMax)}]`, "64 levels"],
  ])("and refused where it is %s", (_name, json, said) => {
    expect(() => boundShape(json)).toThrow(tooLarge);
    expect(() => boundShape(json)).toThrow(said);
  });

  test("as JSON.parse sees it: whatever strings hold is no structure", () => {
    const deep = nested(levelsMax - 4);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: "binary" }), (value, text) => {
        const around = (inner: string) => `{${JSON.stringify(text)}:[${inner}]}`;
        const json = around(`${JSON.stringify(value)},${deep}`);
        expect(() => boundShape(json)).not.toThrow();
        const deeper = around(`${JSON.stringify(value)},${nested(levelsMax)}`);
        expect(() => boundShape(deeper)).toThrow(tooLarge);
      }),
    );
  });
});
