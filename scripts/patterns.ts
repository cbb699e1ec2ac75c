/** Finds the regular expressions of the repository, and says which of them an input can hold up. */
import { checkSync } from "recheck";
import { parseSync } from "vite";

export interface Pattern {
  /** As it is written: `/…/flags`, or the call that makes it. */
  text: string;
  line: number;
  /** Absent where it is put together at run time. */
  literal?: { source: string; flags: string };
}

/** Every pattern of a module of TypeScript or JavaScript. */
export function patternsOf(file: string, code: string): Pattern[] {
  const { program, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const found: Pattern[] = [];
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== "object") return;
    if (Array.isArray(node)) return node.forEach(visit);
    const pattern = patternOf(node);
    if (pattern) {
      const { start, end } = node as { start: number; end: number };
      const line = code.slice(0, start).split("\n").length;
      found.push({ text: code.slice(start, end), line, ...pattern });
    }
    Object.values(node).forEach(visit);
  };
  visit(program);
  return found;
}

function patternOf(node: object): Pick<Pattern, "literal"> | undefined {
  // A node of ESTree: https://github.com/estree/estree/blob/master/es2015.md
  const { type, regex, callee } = node as {
    type?: string;
    regex?: { pattern: string; flags: string };
    callee?: { name?: string };
  };
  if (type === "Literal" && regex) {
    return { literal: { source: regex.pattern, flags: regex.flags } };
  }
  const isCall = type === "NewExpression" || type === "CallExpression";
  return isCall && callee?.name === "RegExp" ? {} : undefined;
}

/** What makes it slow on some input, or keeps that from being known; `undefined` where its time is linear. */
export function complaintOf({
  source,
  flags,
}: NonNullable<Pattern["literal"]>): string | undefined {
  // A fixed seed: what is found by trying must be found again.
  const result = checkSync(source, flags, { timeout: 60_000, randomSeed: 1 });
  if (result.status === "safe") return undefined;
  return result.status === "vulnerable" ? result.complexity.summary : result.error.kind;
}
