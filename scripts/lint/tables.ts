/** Finds tables that are asked for names from outside: to `constructor` an object has an answer of its own. */

export interface Syntax {
  type: string;
  name?: string;
  value?: unknown;
  operator?: string;
  computed?: boolean;
  object?: Syntax;
  property?: Syntax;
  callee?: Syntax;
  arguments?: Syntax[];
  left?: Syntax;
  right?: Syntax;
  id?: Syntax;
  init?: Syntax | null;
  properties?: unknown[];
  typeAnnotation?: Syntax;
  typeName?: Syntax;
  typeArguments?: { params: Syntax[] } | null;
  declaration?: Syntax | null;
  declarations?: Syntax[];
  body?: Syntax[];
}

/** @returns the name of a table of text that this declares: `const names: Record<string, T> = { … }`. */
export function tableOf({ id, init }: Syntax): string | undefined {
  const isWritten = init?.type === "ObjectExpression" && (init.properties?.length ?? 0) > 0;
  return isWritten && isByText(id?.typeAnnotation?.typeAnnotation) ? id?.name : undefined;
}

/** `Record<string, T>`, also of `Readonly` and `Partial`. */
function isByText(type: Syntax | undefined): boolean {
  const [first] = type?.typeArguments?.params ?? [];
  if (/^(?:Readonly|Partial)$/.test(type?.typeName?.name ?? "")) return isByText(first);
  return type?.typeName?.name === "Record" && first?.type === "TSStringKeyword";
}

/** @returns the name of what is asked for a computed member: `names[x]`. */
export const askedOf = ({ computed, property, object }: Syntax): string | undefined =>
  computed && property?.type !== "Literal" ? object?.name : undefined;

/** `x in names`, whatever `names` is: who knows the name writes it. */
export const asksIn = ({ operator, left }: Syntax): boolean =>
  operator === "in" && left?.type !== "Literal" && left?.type !== "PrivateIdentifier";

/** `v.record(…)` */
export const isRecord = ({ callee }: Syntax): boolean =>
  callee?.object?.name === "v" && callee.property?.name === "record";

/** @returns the name of what is looked through first: `Object.hasOwn(names, x)`. */
export function guardedBy({ callee, arguments: args }: Syntax): string | undefined {
  return callee?.property?.name === "hasOwn" ? args?.[0]?.name : undefined;
}

export const advice =
  "Make it a Map: an object answers to `constructor`, `toString` and `__proto__` too.";
export const adviceOfIn =
  "Ask a Map, or by Object.hasOwn: to `in`, an object has `constructor`, `toString` and `__proto__`.";
export const adviceOfRecord =
  "Use Members.of (foundation/members): v.record leaves out `constructor` and `prototype`.";
