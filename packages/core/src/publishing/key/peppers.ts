import { nodeCrypto } from "../../ports/index.ts";

/** Under what secrets are hashed. */
export interface Peppered {
  /** For what is made now. */
  pepper: Uint8Array;
  /** Those before it, the newest first: what was made under them goes on. */
  formerPeppers?: readonly Uint8Array[];
}

/**
 * Versions of a pepper, in base 64 with commas between, the newest first.
 * @throws RangeError where one is shorter than 32 bytes. It says nothing of what it was.
 */
export function readPeppers(text: string): Required<Peppered> {
  const [pepper, ...formerPeppers] = text
    .split(",")
    .map((one) => Buffer.from(one.trim(), "base64"));
  if (!pepper || [pepper, ...formerPeppers].some(({ length }) => length < 32)) {
    throw new RangeError("A pepper is at least 32 random bytes in base 64.");
  }
  return { pepper, formerPeppers };
}

export const peppersOf = ({ pepper, formerPeppers = [] }: Peppered): Uint8Array[] => [
  pepper,
  ...formerPeppers,
];

/** What a version is told by: nothing that helps to find it. */
export function pepperId(pepper: Uint8Array): string {
  const known = told.get(pepper);
  if (known !== undefined) return known;
  const id = nodeCrypto()
    .createHash("sha256")
    .update("pepper-id")
    .update(pepper)
    .digest("hex")
    .slice(0, 16);
  told.set(pepper, id);
  return id;
}

/** Each request asks for it. */
const told = new WeakMap<Uint8Array, string>();

/** The version of that id; the oldest where it was not noted. */
export function pepperOf(peppered: Peppered, id: string | null): Uint8Array {
  const all = peppersOf(peppered);
  const found = id === null ? all.at(-1) : all.find((pepper) => pepperId(pepper) === id);
  return found ?? peppered.pepper;
}
