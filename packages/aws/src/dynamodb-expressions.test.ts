import type { Change, Condition, Value } from "@outlet/core/ports";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  conditionExpression,
  type Expression,
  keyExpression,
  updateExpression,
} from "./dynamodb-expressions.ts";

const attribute = fc.oneof(
  fc.constantFrom("name", "size", "a.b", "a[0]", "#n0", ":v0", "and", "ünï"),
  fc.string({ minLength: 1 }),
);
const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ op: fc.constantFrom("exists" as const, "absent" as const), name: attribute }),
  fc.record({
    op: fc.constantFrom("equals" as const, "differs" as const),
    name: attribute,
    value,
  }),
  fc.record({
    op: fc.constantFrom("below" as const, "above" as const, "sizeBelow" as const),
    name: attribute,
    value: fc.integer(),
  }),
  fc.record({
    op: fc.constantFrom("contains" as const, "lacks" as const, "first" as const),
    name: attribute,
    value: fc.string(),
  }),
);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.record({
      op: fc.constantFrom("all" as const, "any" as const),
      of: fc.array(tie("condition"), { minLength: 1, maxLength: 4 }),
    }),
  ),
}));

const change: fc.Arbitrary<Change> = fc
  .uniqueArray(
    attribute.filter((name) => name !== "pk" && name !== "sk"),
    { maxLength: 12 },
  )
  .chain((names) =>
    fc.array(fc.nat(5), { minLength: names.length, maxLength: names.length }).map((kinds) => {
      const of = (kind: number) => names.filter((_, index) => kinds[index] === kind);
      const each = <T>(kind: number, made: T) =>
        Object.fromEntries(of(kind).map((name) => [name, made]));
      return {
        set: each<Value>(0, "s"),
        setIfAbsent: each<Value>(1, "i"),
        add: each(2, 1),
        append: each<Value[]>(3, ["x"]),
        removeFirst: of(4),
        remove: of(5),
      };
    }),
  );

/** DynamoDB refuses an expression with a placeholder that is not defined, or defined and not used. */
function expectConsistent(expression: Expression): void {
  const texts = [
    expression.ConditionExpression,
    expression.UpdateExpression,
    expression.KeyConditionExpression,
  ].join(" ");
  const used = (pattern: RegExp) => new Set(texts.match(pattern) ?? []);
  expect(used(/#n\d+/g)).toEqual(new Set(Object.keys(expression.ExpressionAttributeNames ?? {})));
  expect(used(/:v\d+/g)).toEqual(new Set(Object.keys(expression.values ?? {})));
  const names = Object.values(expression.ExpressionAttributeNames ?? {});
  expect(new Set(names).size).toBe(names.length);
  // Nothing of the caller's own text, only aliases and DynamoDB's words.
  const words = new Set(texts.match(/[\p{L}_]{2,}/gu) ?? []);
  for (const word of words) expect(vocabulary.split(" ")).toContain(word);
  expect(texts.split("(").length).toBe(texts.split(")").length);
}

const vocabulary =
  "AND OR NOT SET ADD REMOVE BETWEEN attribute_exists attribute_not_exists contains size begins_with if_not_exists list_append";

test("a condition's expression names attributes and values by placeholders only", () => {
  fc.assert(fc.property(condition, (made) => expectConsistent(conditionExpression(made))));
});

test("a change's expression, with a condition, does too, and names every attribute", () => {
  fc.assert(
    fc.property(change, fc.option(condition, { nil: undefined }), (made, on) => {
      const expression = updateExpression(made, on);
      expectConsistent(expression);
      const named = Object.values(expression.ExpressionAttributeNames ?? {});
      const touched = [
        ...[made.set, made.setIfAbsent, made.add, made.append].flatMap((part) =>
          Object.keys(part ?? {}),
        ),
        ...(made.removeFirst ?? []),
        ...(made.remove ?? []),
      ];
      expect(named).toEqual(expect.arrayContaining(touched));
    }),
  );
});

test("a query's expression does too", () => {
  const range = fc.record({ pk: fc.string(), skPrefix: fc.string() }, { requiredKeys: ["pk"] });
  const bounds = fc.record(
    { pk: fc.string(), skFrom: fc.string(), skTo: fc.string() },
    { requiredKeys: ["pk"] },
  );
  fc.assert(
    fc.property(fc.oneof(range, bounds), (made) =>
      expectConsistent(keyExpression(made, { pk: "listingPk", sk: "listingSk" })),
    ),
  );
});

test("one change of every kind becomes one expression", () => {
  const expression = updateExpression(
    {
      set: { a: 1, skipped: undefined },
      setIfAbsent: { b: 2 },
      append: { c: [3] },
      add: { d: 4 },
      removeFirst: ["e"],
      remove: ["f"],
    },
    { op: "first", name: "e", value: "x" },
  );
  expect(expression).toEqual({
    UpdateExpression:
      "SET #n0 = :v0, #n1 = if_not_exists(#n1, :v1), " +
      "#n2 = list_append(if_not_exists(#n2, :v2), :v3) ADD #n3 :v4 REMOVE #n4[0], #n5",
    ConditionExpression: "#n4[0] = :v5",
    ExpressionAttributeNames: {
      "#n0": "a",
      "#n1": "b",
      "#n2": "c",
      "#n3": "d",
      "#n4": "e",
      "#n5": "f",
    },
    values: { ":v0": 1, ":v1": 2, ":v2": [], ":v3": [3], ":v4": 4, ":v5": "x" },
  });
});

test("nothing to say is no expression at all", () => {
  expect(conditionExpression(undefined)).toEqual({});
  expect(updateExpression({}, undefined)).toEqual({});
  expect(updateExpression({ set: { a: undefined }, remove: [] }, undefined)).toEqual({});
});
