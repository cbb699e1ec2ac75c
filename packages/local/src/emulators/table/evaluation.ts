import type { Condition, Operand, Term, Update } from "./expressions.ts";
import { invalid } from "./refusal.ts";
import {
  type Attributes,
  compare,
  contains,
  isEqual,
  sizeOf,
  typeOf,
  type Value,
} from "./values.ts";

/** What placeholders stand for. */
export interface Bindings {
  names: Record<string, string>;
  values: Attributes;
}

export const nameOf = (step: string, { names }: Bindings): string => {
  if (!step.startsWith("#")) return step;
  const name = names[step];
  if (name === undefined) throw invalid(`An expression attribute name is not defined: ${step}`);
  return name;
};

export function valueOf(placeholder: string, { values }: Bindings): Value {
  const value = values[placeholder];
  if (value) return value;
  throw invalid(`An expression attribute value is not defined: ${placeholder}`);
}

function atPath(
  item: Attributes,
  steps: (string | number)[],
  bindings: Bindings,
): Value | undefined {
  let at: Value | undefined = { M: item };
  for (const step of steps) {
    at = typeof step === "number" ? at?.L?.[step] : at?.M?.[nameOf(step, bindings)];
  }
  return at;
}

function read(operand: Operand, item: Attributes, bindings: Bindings): Value | undefined {
  switch (operand.kind) {
    case "path":
      return atPath(item, operand.steps, bindings);
    case "value":
      return valueOf(operand.name, bindings);
    case "size": {
      const of = read(operand.of, item, bindings);
      const size = of && sizeOf(of);
      return size === undefined ? undefined : { N: String(size) };
    }
  }
}

/** Whether a condition holds of an item; one that is not there has no attributes. */
export function holds(condition: Condition, item: Attributes, bindings: Bindings): boolean {
  switch (condition.kind) {
    case "and":
      return condition.parts.every((part) => holds(part, item, bindings));
    case "or":
      return condition.parts.some((part) => holds(part, item, bindings));
    case "not":
      return !holds(condition.part, item, bindings);
    case "call":
      return callHolds(condition.name, condition.args, item, bindings);
    case "between": {
      const [of, from, to] = [condition.of, condition.from, condition.to].map((operand) =>
        read(operand, item, bindings),
      );
      if (!of || !from || !to) return false;
      return (compare(of, from) ?? -1) >= 0 && (compare(of, to) ?? 1) <= 0;
    }
    case "compare": {
      const left = read(condition.left, item, bindings);
      const right = read(condition.right, item, bindings);
      return compares(condition.operator, left, right);
    }
  }
}

function compares(operator: string, left: Value | undefined, right: Value | undefined): boolean {
  if (operator === "<>") return !left || !right || !isEqual(left, right);
  if (!left || !right) return false;
  if (operator === "=") return isEqual(left, right);
  const order = compare(left, right);
  if (order === undefined) return false;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

function callHolds(name: string, args: Operand[], item: Attributes, bindings: Bindings): boolean {
  const [first, second] = args.map((operand) => read(operand, item, bindings));
  switch (name) {
    case "attribute_exists":
      return first !== undefined;
    case "attribute_not_exists":
      return first === undefined;
    case "contains":
      return first !== undefined && second !== undefined && contains(first, second);
    case "begins_with":
      return second?.S !== undefined && first?.S?.startsWith(second.S) === true;
    case "attribute_type":
      return first !== undefined && typeOf(first) === second?.S;
    default:
      throw invalid(`Invalid expression: Invalid function name; function: ${name}`);
  }
}

const unsuited = () => invalid("An operand in the update expression has an incorrect data type");

function evaluate(term: Term, item: Attributes, bindings: Bindings): Value {
  switch (term.kind) {
    case "if_not_exists":
      return read(term.path, item, bindings) ?? evaluate(term.other, item, bindings);
    case "list_append": {
      const [first, second] = term.lists.map((list) => evaluate(list, item, bindings).L);
      if (!first || !second) throw unsuited();
      return { L: [...first, ...second] };
    }
    case "sum": {
      const [first, second] = term.terms.map((part) => evaluate(part, item, bindings).N);
      if (first === undefined || second === undefined) throw unsuited();
      return { N: String(Number(first) + term.sign * Number(second)) };
    }
    default: {
      const value = read(term, item, bindings);
      if (value) return value;
      throw invalid(
        "The provided expression refers to an attribute that does not exist in the item",
      );
    }
  }
}

/** @returns the item after the updates, all of which see it as it was before. */
export function apply(
  updates: readonly Update[],
  item: Attributes,
  bindings: Bindings,
): Attributes {
  // What a path leads into is changed in place below, and is to stay as it was in `item`.
  const inner = updates.filter(({ path }) => path.length > 1);
  const names = inner.map(({ path }) => nameOf(String(path[0]), bindings));
  const copies = names.map((name) => [name, structuredClone(item[name])] as const);
  const after = { ...item };
  for (const [name, copy] of copies) if (copy) after[name] = copy;
  const changes = updates.map((update) => {
    if (update.kind === "set") return evaluate(update.term, item, bindings);
    if (update.kind === "remove") return undefined;
    const by = valueOf(update.value, bindings).N;
    const before = atPath(item, update.path, bindings) ?? { N: "0" };
    if (by === undefined || before.N === undefined) throw unsuited();
    return { N: String(Number(before.N) + Number(by)) };
  });
  for (const [n, update] of updates.entries()) put(after, update.path, changes[n], bindings);
  return after;
}

function put(
  item: Attributes,
  path: (string | number)[],
  value: Value | undefined,
  bindings: Bindings,
): void {
  const last = path.at(-1);
  const parent = atPath(item, path.slice(0, -1), bindings);
  if (typeof last === "number") {
    // Nothing to take out of what is not there.
    if (!parent?.L) {
      if (value) throw badPath();
    } else if (value) parent.L[Math.min(last, parent.L.length)] = value;
    else parent.L.splice(last, 1);
    return;
  }
  if (last === undefined || !parent?.M) throw badPath();
  const name = nameOf(last, bindings);
  if (value === undefined) delete parent.M[name];
  else parent.M[name] = value;
}

const badPath = () =>
  invalid("The document path provided in the update expression is invalid for update");
