/** A number without error: a fraction in lowest terms, `d` above 0. */
export interface Rational {
  n: bigint;
  d: bigint;
}

/** Decimal digits that a number may have above or below its line. */
const digitsMax = 5_000;
const bitsMax = BigInt(Math.ceil(digitsMax * Math.log2(10)));

/** What cannot be worked out: its message is for whoever asked. */
export class CalculationError extends Error {
  override name = "CalculationError";
}

const abs = (n: bigint): bigint => (n < 0n ? -n : n);

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [abs(a), abs(b)];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
}

const tooLong = () => new CalculationError(`A number would have more than ${digitsMax} digits.`);

/** By its bits: making decimal digits of a long number takes longer than the calculation. */
const isTooLong = (n: bigint): boolean => abs(n) >> bitsMax > 0n;

export function rational(n: bigint, d = 1n): Rational {
  if (d === 0n) throw new CalculationError("Something is divided by 0.");
  if (isTooLong(n) || isTooLong(d)) throw tooLong();
  const divisor = gcd(n, d) * (d < 0n ? -1n : 1n);
  return divisor === 0n ? { n: 0n, d: 1n } : { n: n / divisor, d: d / divisor };
}

export const add = (a: Rational, b: Rational): Rational =>
  rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const negate = ({ n, d }: Rational): Rational => ({ n: -n, d });
export const subtract = (a: Rational, b: Rational): Rational => add(a, negate(b));
export const multiply = (a: Rational, b: Rational): Rational => rational(a.n * b.n, a.d * b.d);
export const divide = (a: Rational, b: Rational): Rational => rational(a.n * b.d, a.d * b.n);
export const compare = (a: Rational, b: Rational): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** Towards negative infinity. */
export function floor({ n, d }: Rational): Rational {
  const whole = n / d;
  return rational(n < 0n && n % d !== 0n ? whole - 1n : whole);
}
export const ceil = (a: Rational): Rational => negate(floor(negate(a)));

/** What is left of a division; it has the sign of the divisor. */
export const remainder = (a: Rational, b: Rational): Rational =>
  subtract(a, multiply(b, floor(divide(a, b))));

const placesMax = 1_000n;

/** A whole number of limited size, such as a count of decimal places. */
function whole({ n, d }: Rational, what: string, max: bigint): bigint {
  if (d === 1n && abs(n) <= max) return n;
  throw new CalculationError(`${what} has to be a whole number from -${max} to ${max}.`);
}

/** Half away from zero, as in commerce. */
export function round(a: Rational, places: Rational): Rational {
  const digits = whole(places, "The number of decimal places", placesMax);
  const scale = digits >= 0n ? rational(10n ** digits) : rational(1n, 10n ** -digits);
  const scaled = multiply(a, scale);
  const half = rational(scaled.n < 0n ? -1n : 1n, 2n);
  const moved = add(scaled, half);
  return divide(scaled.n < 0n ? ceil(moved) : floor(moved), scale);
}

const exponentMax = 10_000n;

export function power(base: Rational, exponent: Rational): Rational {
  const times = whole(exponent, "An exponent", exponentMax);
  if (times < 0n) return divide(rational(1n), power(base, rational(-times)));
  // Before it is worked out: the result is known to be about that long.
  const longer = base.n > base.d ? base.n : base.d;
  const digits = BigInt(abs(longer).toString(16).length - 1) * times;
  if (digits * 4n > bitsMax) throw tooLong();
  return rational(base.n ** times, base.d ** times);
}

/** Decimal places of what is no fraction of whole numbers. */
const rootPlaces = 40n;

/** Exact where the root is a fraction of whole numbers; else to 40 decimal places, cut off. */
export function squareRoot({ n, d }: Rational): Rational {
  if (n < 0n) throw new CalculationError("There is no square root of a number below 0.");
  const [above, below] = [integerRoot(n), integerRoot(d)];
  if (above * above === n && below * below === d) return rational(above, below);
  const scale = 10n ** rootPlaces;
  return rational(integerRoot((n * scale * scale) / d), scale);
}

/** The greatest whole number whose square is no greater: Newton's method. */
function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt(Math.ceil((n.toString(16).length * 4) / 2) + 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** Decimal places that an endless fraction is shown with. */
const endlessPlaces = 30;

/** In decimal: exactly where that ends; else rounded, and said to be. */
export function toText(a: Rational): string {
  const places = placesOf(a.d);
  if (places !== undefined) return decimal(a, places);
  const cut = decimal(round(a, rational(BigInt(endlessPlaces))), endlessPlaces);
  return `about ${cut} (exactly ${a.n}/${a.d})`;
}

/** How many decimal places a fraction has; `undefined` where they do not end, or are too many. */
function placesOf(d: bigint): number | undefined {
  let rest = d;
  let [twos, fives] = [0, 0];
  for (; rest % 2n === 0n; twos++) rest /= 2n;
  for (; rest % 5n === 0n; fives++) rest /= 5n;
  const places = Math.max(twos, fives);
  return rest === 1n && places <= digitsMax ? places : undefined;
}

function decimal({ n, d }: Rational, places: number): string {
  const digits = ((abs(n) * 10n ** BigInt(places)) / d).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  let end = digits.length;
  while (end > whole.length && digits[end - 1] === "0") end -= 1;
  const fraction = digits.slice(whole.length, end);
  return `${n < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}
