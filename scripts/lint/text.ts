/** Finds where text for people is cut by its code units: half an emoji is no text that all can read. */

interface Expression {
  type: string;
  name?: string;
  value?: unknown;
  computed?: boolean;
  property?: Expression;
  object?: Expression;
  callee?: Expression;
  arguments?: Expression[];
  operator?: string;
}

/** Their results are ASCII, or lists. */
const harmlessCalls =
  /^(?:toISOString|digest|toString|map|filter|flatMap|flat|toSorted|toReversed|sort|concat|split|match|matchAll|entries|keys|values|from|randomBytes)$/;
/** Lists are called by a plural; ids, hashes and the like are ASCII. */
const plural = /(?:[^su]s|series)$|^all$/;
const ascii = /(?:hash|hex|digest|digits|base64|bytes|tag|token|ulid|day|time|code)$/i;
/** What a length at most is called here. */
const limit = /(?:Max|Length|^max|^most|^limit)$/;

/** @returns what is wrong with a call, where it cuts text by code units. */
export function complaintAbout(call: Expression): string | undefined {
  const { callee, arguments: args = [] } = call;
  if (callee?.type !== "MemberExpression") return undefined;
  const method = callee.property?.name;
  if (method === "substr" || method === "substring") return advice;
  if (method !== "slice" || !isLimit(args)) return undefined;
  return isHarmless(callee.object) ? undefined : advice;
}

const advice = "Cut text by Text.cut (foundation/text): slice halves emoji and accents.";

/** `slice(0, 80)`, `slice(0, titleMax)`: from the beginning, to a length. */
function isLimit([from, to]: Expression[]): boolean {
  if (from?.type !== "Literal" || from.value !== 0 || !to) return false;
  if (to.type === "Literal") return typeof to.value === "number" && to.value > 1;
  return limit.test(nameOf(to));
}

function isHarmless(of: Expression | undefined): boolean {
  if (of?.type === "CallExpression") {
    const made = nameOf(of.callee);
    return harmlessCalls.test(made) || plural.test(made.replace(/Of$/, "")) || made === "tokenise";
  }
  const name = nameOf(of);
  return plural.test(name) || ascii.test(name);
}

function nameOf(of: Expression | undefined): string {
  if (of?.type === "MemberExpression") return of.property?.name ?? "";
  if (of?.type === "ChainExpression" || of?.type === "TSNonNullExpression") return "";
  return of?.name ?? "";
}
