import * as v from "valibot";
import { expect, test } from "vitest";
import { Members } from "./index.ts";

const names = ["a", "constructor", "prototype", "__proto__", "toString"];
const Name = v.pipe(v.string(), v.maxLength(10));
const schema = Members.of(Name, v.pipe(v.string(), v.trim(), v.minLength(1)));
const json = (value: string): unknown =>
  JSON.parse(`{${names.map((name) => `"${name}":${value}`).join()}}`);

test("a member of any name is taken over, as its schema makes it", () => {
  const { output } = v.safeParse(schema, JSON.parse('{"a":" x ","__proto__":" y "}'));
  expect(JSON.stringify(output)).toBe('{"a":"x","__proto__":"y"}');
  const all = v.safeParse(Members.of(v.string(), v.unknown()), json('{"b":[1]}'));
  expect(all.output).toEqual(json('{"b":[1]}'));
  expect(Object.keys(all.output as object).toSorted()).toEqual(names.toSorted());
});

test("a member that is wrong is named, by its name too", () => {
  const { issues = [] } = v.safeParse(v.object({ in: schema }), { in: json("5") });
  expect(issues.map((issue) => [v.getDotPath(issue), issue.message])).toEqual(
    expect.arrayContaining([
      ["in.a", "Invalid type: Expected string but received 5"],
      ["in.__proto__", "Invalid type: Expected string but received 5"],
      ["in.constructor", "Invalid length: Expected <=10 but received 11"],
      ["in.constructor", "Invalid type: Expected string but received 5"],
      ["in.toString", "Invalid type: Expected string but received 5"],
    ]),
  );
  expect(v.safeParse(schema, "x").issues?.[0].message).toContain("Expected Object");
  expect(v.safeParse(schema, null).success).toBe(false);
});

test("what has no names is an object without members", () => {
  expect(v.parse(schema, {})).toEqual({});
  expect(v.is(schema, { b: "x" })).toBe(true);
});
