import type { Change, Condition, QueryRange, Value } from "@outlet/core/ports";

/**
 * DynamoDB's expression strings for the port's conditions and changes. Every attribute name is
 * aliased, so reserved words and dots in names mean nothing; every operand is a value placeholder.
 */
export interface Expression {
  ConditionExpression?: string;
  UpdateExpression?: string;
  KeyConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  /** Plain values, yet to be marshalled. */
  values?: Record<string, Value>;
}

/** For a put, or for a removal. */
export function conditionExpression(condition: Condition | undefined): Expression {
  if (condition === undefined) return {};
  const aliases = createAliases();
  return { ConditionExpression: compileCondition(condition, aliases), ...aliases.done() };
}

/** @throws RangeError where the change touches the item's key, or names an attribute twice. */
export function updateExpression(change: Change, condition: Condition | undefined): Expression {
  const aliases = createAliases();
  const update = compileChange(change, aliases);
  return {
    ...(update !== "" && { UpdateExpression: update }),
    ...(condition && { ConditionExpression: compileCondition(condition, aliases) }),
    ...aliases.done(),
  };
}

/** @throws RangeError where a prefix and a bound are given together. */
export function keyExpression(range: QueryRange, key: { pk: string; sk: string }): Expression {
  const aliases = createAliases();
  const parts = [`${aliases.name(key.pk)} = ${aliases.value(range.pk)}`];
  const sk = () => aliases.name(key.sk);
  const { skPrefix, skFrom, skTo } = range;
  if (skPrefix !== undefined) {
    if (skFrom !== undefined || skTo !== undefined) {
      throw new RangeError("A query takes skPrefix or the bounds skFrom and skTo, not both");
    }
    // begins_with refuses an empty operand, and an empty prefix restricts nothing.
    if (skPrefix !== "") parts.push(`begins_with(${sk()}, ${aliases.value(skPrefix)})`);
  } else if (skFrom !== undefined && skTo !== undefined) {
    parts.push(`${sk()} BETWEEN ${aliases.value(skFrom)} AND ${aliases.value(skTo)}`);
  } else if (skFrom !== undefined) {
    parts.push(`${sk()} >= ${aliases.value(skFrom)}`);
  } else if (skTo !== undefined) {
    parts.push(`${sk()} <= ${aliases.value(skTo)}`);
  }
  return { KeyConditionExpression: parts.join(" AND "), ...aliases.done() };
}

interface Aliases {
  name(attribute: string): string;
  value(value: Value): string;
  done(): Pick<Expression, "ExpressionAttributeNames" | "values">;
}

function createAliases(): Aliases {
  const names = new Map<string, string>();
  const values: Record<string, Value> = {};
  let valueCount = 0;
  return {
    name(attribute) {
      const known = names.get(attribute);
      if (known !== undefined) return known;
      const alias = `#n${names.size}`;
      names.set(attribute, alias);
      return alias;
    },
    value(value) {
      const alias = `:v${valueCount++}`;
      values[alias] = value;
      return alias;
    },
    // DynamoDB refuses empty maps as it refuses unused entries.
    done: () => ({
      ...(names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries(
          [...names].map(([name, alias]) => [alias, name]),
        ),
      }),
      ...(valueCount > 0 && { values }),
    }),
  };
}

function compileCondition(condition: Condition, aliases: Aliases): string {
  if ("of" in condition) {
    if (condition.of.length === 0) throw new RangeError(`"${condition.op}" of no conditions`);
    const parts = condition.of.map((part) => compileCondition(part, aliases));
    return parts.length === 1
      ? parts.join()
      : `(${parts.join(condition.op === "all" ? " AND " : " OR ")})`;
  }
  const name = aliases.name(condition.name);
  switch (condition.op) {
    case "exists":
      return `attribute_exists(${name})`;
    case "absent":
      return `attribute_not_exists(${name})`;
    case "equals":
      return `${name} = ${aliases.value(condition.value)}`;
    case "differs":
      return `${name} <> ${aliases.value(condition.value)}`;
    case "below":
      return `${name} < ${aliases.value(condition.value)}`;
    case "above":
      return `${name} > ${aliases.value(condition.value)}`;
    case "contains":
      return `contains(${name}, ${aliases.value(condition.value)})`;
    case "lacks":
      return `(attribute_not_exists(${name}) OR NOT contains(${name}, ${aliases.value(condition.value)}))`;
    case "first":
      return `${name}[0] = ${aliases.value(condition.value)}`;
    case "sizeBelow":
      return `(attribute_not_exists(${name}) OR size(${name}) < ${aliases.value(condition.value)})`;
  }
}

function compileChange(change: Change, aliases: Aliases): string {
  const claim = createClaims();
  const sets: string[] = [];
  for (const [attribute, value] of Object.entries(change.set ?? {})) {
    if (value === undefined) continue;
    sets.push(`${aliases.name(claim(attribute))} = ${aliases.value(value)}`);
  }
  for (const [attribute, value] of Object.entries(change.setIfAbsent ?? {})) {
    const name = aliases.name(claim(attribute));
    sets.push(`${name} = if_not_exists(${name}, ${aliases.value(value)})`);
  }
  for (const [attribute, tail] of Object.entries(change.append ?? {})) {
    const name = aliases.name(claim(attribute));
    const list = `if_not_exists(${name}, ${aliases.value([])})`;
    sets.push(`${name} = list_append(${list}, ${aliases.value(tail)})`);
  }
  const adds = Object.entries(change.add ?? {}).map(
    ([attribute, by]) => `${aliases.name(claim(attribute))} ${aliases.value(by)}`,
  );
  const removes = [
    ...(change.removeFirst ?? []).map((attribute) => `${aliases.name(claim(attribute))}[0]`),
    ...(change.remove ?? []).map((attribute) => aliases.name(claim(attribute))),
  ];
  return [
    sets.length > 0 && `SET ${sets.join(", ")}`,
    adds.length > 0 && `ADD ${adds.join(", ")}`,
    removes.length > 0 && `REMOVE ${removes.join(", ")}`,
  ]
    .filter((clause) => clause !== false)
    .join(" ");
}

/** DynamoDB refuses these too, but with a message that speaks of aliases and document paths. */
function createClaims(): (attribute: string) => string {
  const claimed = new Set<string>();
  return (attribute) => {
    if (attribute === "pk" || attribute === "sk") {
      throw new RangeError(`A change cannot touch the key attribute "${attribute}"`);
    }
    if (claimed.has(attribute)) {
      throw new RangeError(`A change names the attribute "${attribute}" twice`);
    }
    claimed.add(attribute);
    return attribute;
  };
}
