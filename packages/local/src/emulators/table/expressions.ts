import { invalid } from "./refusal.ts";

/**
 * The grammar of DynamoDB's expressions, without sets and binary values
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html).
 */
export type Operand =
  | { kind: "path"; steps: (string | number)[] }
  | { kind: "value"; name: string }
  | { kind: "size"; of: Operand };

export type Condition =
  | { kind: "and" | "or"; parts: Condition[] }
  | { kind: "not"; part: Condition }
  | { kind: "compare"; operator: string; left: Operand; right: Operand }
  | { kind: "between"; of: Operand; from: Operand; to: Operand }
  | { kind: "call"; name: string; args: Operand[] };

export type Term =
  | Operand
  | { kind: "if_not_exists"; path: Operand; other: Term }
  | { kind: "list_append"; lists: [Term, Term] }
  | { kind: "sum"; sign: 1 | -1; terms: [Term, Term] };

export type Update =
  | { kind: "set"; path: (string | number)[]; term: Term }
  | { kind: "add"; path: (string | number)[]; value: string }
  | { kind: "remove"; path: (string | number)[] };

/** What was parsed, and the placeholders in it. */
export interface Parsed<T> {
  tree: T;
  names: ReadonlySet<string>;
  values: ReadonlySet<string>;
}

const tokenPattern =
  /\s*(<=|>=|<>|[=<>(),.[\]+-]|#[A-Za-z0-9_]+|:[A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|\d+|$)/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    const [, token] = tokenPattern.exec(text) ?? [];
    if (token === undefined) throw invalid(`Invalid expression: Syntax error; "${text}"`);
    if (token !== "") tokens.push(token);
  }
  return tokens;
}

class Parser {
  readonly names = new Set<string>();
  readonly values = new Set<string>();
  readonly #tokens: string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  condition(): Condition {
    const parts = [this.#conjunction()];
    while (this.#takes("OR")) parts.push(this.#conjunction());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: "or", parts };
  }

  #conjunction(): Condition {
    const parts = [this.#negation()];
    while (this.#takes("AND")) parts.push(this.#negation());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: "and", parts };
  }

  #negation(): Condition {
    if (this.#takes("NOT")) return { kind: "not", part: this.#negation() };
    if (this.#takes("(")) {
      const inner = this.condition();
      this.#expect(")");
      return inner;
    }
    const name = this.#peek();
    if (this.#peek(1) === "(" && name !== "size") {
      this.#at += 2;
      const args = [this.#operand()];
      while (this.#takes(",")) args.push(this.#operand());
      this.#expect(")");
      return { kind: "call", name, args };
    }
    const left = this.#operand();
    if (this.#takes("BETWEEN")) {
      const from = this.#operand();
      this.#expect("AND");
      return { kind: "between", of: left, from, to: this.#operand() };
    }
    const operator = this.#next();
    if (!["=", "<>", "<", "<=", ">", ">="].includes(operator)) throw this.#unexpected(operator);
    return { kind: "compare", operator, left, right: this.#operand() };
  }

  #operand(): Operand {
    if (this.#peek() === "size" && this.#peek(1) === "(") {
      this.#at += 2;
      const of = this.#operand();
      this.#expect(")");
      return { kind: "size", of };
    }
    if (!this.#peek().startsWith(":")) return { kind: "path", steps: this.path() };
    return { kind: "value", name: this.#value() };
  }

  #value(): string {
    const name = this.#next();
    if (!name.startsWith(":")) throw this.#unexpected(name);
    this.values.add(name);
    return name;
  }

  path(): (string | number)[] {
    const steps: (string | number)[] = [this.#name()];
    for (;;) {
      if (this.#takes(".")) steps.push(this.#name());
      else if (this.#takes("[")) {
        const index = this.#next();
        if (!/^\d+$/.test(index)) throw this.#unexpected(index);
        steps.push(Number(index));
        this.#expect("]");
      } else return steps;
    }
  }

  #name(): string {
    const name = this.#next();
    if (!/^[#A-Za-z_]/.test(name)) throw this.#unexpected(name);
    if (name.startsWith("#")) this.names.add(name);
    return name;
  }

  updates(): Update[] {
    const updates: Update[] = [];
    while (this.#peek() !== "") {
      const section = this.#next().toUpperCase();
      do updates.push(this.#update(section));
      while (this.#takes(","));
    }
    return updates;
  }

  #update(section: string): Update {
    const path = this.path();
    if (section === "REMOVE") return { kind: "remove", path };
    if (section === "ADD") return { kind: "add", path, value: this.#value() };
    if (section !== "SET") throw this.#unexpected(section);
    this.#expect("=");
    const first = this.#term();
    const sign = this.#takes("+") ? 1 : this.#takes("-") ? -1 : undefined;
    if (sign === undefined) return { kind: "set", path, term: first };
    return { kind: "set", path, term: { kind: "sum", sign, terms: [first, this.#term()] } };
  }

  #term(): Term {
    const name = this.#peek();
    if (this.#peek(1) !== "(" || name === "size") return this.#operand();
    this.#at += 2;
    const first = this.#term();
    this.#expect(",");
    const second = this.#term();
    this.#expect(")");
    if (name === "list_append") return { kind: "list_append", lists: [first, second] };
    if (name !== "if_not_exists" || first.kind !== "path") throw this.#unexpected(name);
    return { kind: "if_not_exists", path: first, other: second };
  }

  paths(): (string | number)[][] {
    const paths = [this.path()];
    while (this.#takes(",")) paths.push(this.path());
    return paths;
  }

  end(): void {
    if (this.#peek() !== "") throw this.#unexpected(this.#peek());
  }

  #peek(ahead = 0): string {
    return this.#tokens[this.#at + ahead] ?? "";
  }

  #next(): string {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #takes(token: string): boolean {
    if (this.#peek().toUpperCase() !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) throw this.#unexpected(this.#peek());
  }

  #unexpected(token: string) {
    return invalid(`Invalid expression: Syntax error; token: "${token || "<EOF>"}"`);
  }
}

/** The adapter writes few different ones; whoever writes many pays for it alone. */
const rememberedMax = 2_000;

function remembering<T>(read: (parser: Parser) => T): (text: string) => Parsed<T> {
  const remembered = new Map<string, Parsed<T>>();
  return (text) => {
    const known = remembered.get(text);
    if (known) return known;
    const parser = new Parser(text);
    const tree = read(parser);
    parser.end();
    const parsed = { tree, names: parser.names, values: parser.values };
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(text, parsed);
    return parsed;
  };
}

export const parseCondition = remembering((parser) => parser.condition());
export const parseUpdates = remembering((parser) => parser.updates());
export const parsePaths = remembering((parser) => parser.paths());
