import { expect, test } from "vitest";
import { composeJson } from "./demo-json.ts";

const of = (schema: object) => JSON.parse(composeJson("Hi", schema));

test("the demo model fills in a schema with its text and the smallest of all else", () => {
  const person = { type: "object", properties: { name: { type: "string" } } };
  const schema = {
    $defs: { person },
    type: "object",
    properties: {
      who: { $ref: "#/$defs/person" },
      age: { type: ["integer", "null"], minimum: 3 },
      kind: { enum: ["a", "b"] },
      tags: { type: "array", items: { type: "string" }, minItems: 2 },
      maybe: { anyOf: [{ type: "boolean" }, { type: "null" }] },
    },
  };
  expect(of(schema)).toEqual({
    who: { name: "Hi" },
    age: 3,
    kind: "a",
    tags: ["Hi", "Hi"],
    maybe: false,
  });
  expect(of({ type: "object" })).toEqual({ answer: "Hi" });
});

test("a schema that leads back to itself ends", () => {
  const schema = { properties: { next: { $ref: "#" } } };
  expect(composeJson("Hi", schema)).toMatch(/null/);
});
