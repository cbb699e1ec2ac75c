import { expect, test } from "vitest";
import { fieldsOf, inputOf } from "./schema-form.ts";

const fields = fieldsOf({
  type: "object",
  properties: {
    ...{ city: { type: "string" }, days: { type: "integer" }, exact: { type: "boolean" } },
    ...{ constructor: { type: "string" }, ["__proto__"]: { type: "object" } },
  },
  required: ["city"],
});

test("what was typed is the input, by names of any kind; what is empty is left out", () => {
  expect(inputOf(fields, new Map([["city", "Ghent"]]))).toEqual({
    input: { city: "Ghent" },
    bad: [],
  });
  const typed = Object.entries({
    ...{ city: "5", days: "3", exact: "true" },
    ...{ constructor: "McLaren", ["__proto__"]: '{"a":1}' },
  });
  const { input, bad } = inputOf(fields, new Map(typed));
  expect(bad).toEqual([]);
  expect(JSON.stringify(input)).toBe(
    '{"city":"5","days":3,"exact":true,"constructor":"McLaren","__proto__":{"a":1}}',
  );
});

test("a field that holds no JSON where it should is named", () => {
  const typed = new Map(Object.entries({ days: "three", exact: "true" }));
  expect(inputOf(fields, typed)).toEqual({ input: { exact: true }, bad: ["days"] });
});
