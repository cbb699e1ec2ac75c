import {
  add,
  CalculationError,
  ceil,
  compare,
  divide,
  floor,
  multiply,
  negate,
  power,
  type Rational,
  rational,
  remainder,
  round,
  squareRoot,
  subtract,
} from "./rational.ts";

const lengthMax = 2_000;
const depthMax = 100;

type Token = { kind: "number"; value: Rational } | { kind: "name" | "sign"; text: string };

const pattern =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,4})?|\.\d+)|(?<name>[a-zA-Z]+)|(?<sign>\*\*|[-+*/%^(),]))/y;

/** Signs as people and models write them. */
const spelt = new Map(Object.entries({ "×": "*", "·": "*", "÷": "/", "−": "-", "–": "-" }));

function tokenise(text: string): Token[] {
  const plain = text.replace(/[×·÷−–]/g, (sign) => spelt.get(sign) ?? sign).trimEnd();
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < plain.length) {
    const at = pattern.lastIndex;
    const { number, name, sign } = pattern.exec(plain)?.groups ?? {};
    if (number !== undefined) tokens.push({ kind: "number", value: readNumber(number) });
    else if (name !== undefined) tokens.push({ kind: "name", text: name.toLowerCase() });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign === "**" ? "^" : sign });
    else throw new CalculationError(`What stands at character ${at + 1} cannot be read.`);
  }
  return tokens;
}

function readNumber(text: string): Rational {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const value = rational(BigInt(whole + fraction), 10n ** BigInt(fraction.length));
  return multiply(value, power(rational(10n), rational(BigInt(exponent))));
}

const zero = rational(0n);

const functions: Record<
  string,
  { args: [min: number, max: number]; of: (a: Rational[]) => Rational }
> = {
  abs: { args: [1, 1], of: ([a = zero]) => (a.n < 0n ? negate(a) : a) },
  ceil: { args: [1, 1], of: ([a = zero]) => ceil(a) },
  floor: { args: [1, 1], of: ([a = zero]) => floor(a) },
  max: { args: [1, 100], of: (all) => all.reduce((a, b) => (compare(a, b) < 0 ? b : a)) },
  min: { args: [1, 100], of: (all) => all.reduce((a, b) => (compare(a, b) > 0 ? b : a)) },
  round: { args: [1, 2], of: ([a = zero, places = zero]) => round(a, places) },
  sqrt: { args: [1, 1], of: ([a = zero]) => squareRoot(a) },
  sum: { args: [1, 100], of: (all) => all.reduce(add) },
};

/**
 * The value of an arithmetic expression, without error. Recursive descent; `^` binds to the right and
 * closer than a sign before it: `-2^2` is -4.
 * @throws CalculationError
 */
export function evaluate(text: string): Rational {
  if (text.length > lengthMax) {
    throw new CalculationError(`An expression has ${lengthMax} characters at most.`);
  }
  const tokens = tokenise(text);
  let at = 0;
  let depth = 0;

  const isSign = (...signs: string[]): string | undefined => {
    const token = tokens[at];
    return token?.kind === "sign" && signs.includes(token.text) ? token.text : undefined;
  };
  const take = (...signs: string[]): string | undefined => {
    const sign = isSign(...signs);
    if (sign !== undefined) at += 1;
    return sign;
  };

  function nested<T>(read: () => T): T {
    depth += 1;
    if (depth > depthMax) throw new CalculationError("The expression is nested too deeply.");
    const value = read();
    depth -= 1;
    return value;
  }

  function readSum(): Rational {
    let value = readProduct();
    for (;;) {
      const sign = take("+", "-");
      if (sign === undefined) return value;
      value = sign === "+" ? add(value, readProduct()) : subtract(value, readProduct());
    }
  }

  function readProduct(): Rational {
    let value = readSigned();
    for (;;) {
      const sign = take("*", "/", "%");
      if (sign === undefined) return value;
      const next = readSigned();
      if (sign === "*") value = multiply(value, next);
      else value = sign === "/" ? divide(value, next) : remainder(value, next);
    }
  }

  function readSigned(): Rational {
    const sign = take("+", "-");
    if (sign === undefined) return readPower();
    const value = nested(readSigned);
    return sign === "-" ? negate(value) : value;
  }

  function readPower(): Rational {
    const base = readAtom();
    return take("^") === undefined ? base : power(base, nested(readSigned));
  }

  function readAtom(): Rational {
    const token = tokens[at];
    at += 1;
    if (token?.kind === "number") return token.value;
    if (token?.kind === "name") return call(token.text);
    if (token?.text === "(") {
      const value = nested(readSum);
      if (take(")") === undefined) throw new CalculationError("A bracket is not closed.");
      return value;
    }
    throw new CalculationError(
      token ? `There is no number before "${token.text}".` : "The expression ends too early.",
    );
  }

  function call(name: string): Rational {
    const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!found || take("(") === undefined) {
      const names = Object.keys(functions).join(", ");
      throw new CalculationError(`"${name}" means nothing here. There are the functions ${names}.`);
    }
    const values = [nested(readSum)];
    while (take(",") !== undefined) values.push(nested(readSum));
    if (take(")") === undefined) throw new CalculationError("A bracket is not closed.");
    const [min, max] = found.args;
    if (values.length < min || values.length > max) {
      throw new CalculationError(
        `${name} takes ${min === max ? min : `${min} to ${max}`} numbers.`,
      );
    }
    return found.of(values);
  }

  const value = readSum();
  if (at < tokens.length)
    throw new CalculationError("Something is left over behind the expression.");
  return value;
}
