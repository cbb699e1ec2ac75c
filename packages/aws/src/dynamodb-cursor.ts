import { indexes, MalformedCursor, type QueryRange } from "@outlet/core/ports";

/**
 * Where the last page ended: DynamoDB's LastEvaluatedKey as base64url JSON, less the partition key,
 * which the next query brings. So a cursor can never lead a query into another partition, and
 * handing it to a client tells no tenant's name.
 */
export function encodeCursor(lastKey: Record<string, unknown>, range: QueryRange): string {
  const { [keyOf(range).pk]: _, ...rest } = lastKey;
  return Buffer.from(JSON.stringify(rest)).toString("base64url");
}

/**
 * @returns the key to start after, unmarshalled.
 * @throws MalformedCursor where the cursor is not one of this query's.
 */
export function decodeCursor(cursor: string, range: QueryRange): Record<string, string> {
  const key = keyOf(range);
  const names = range.index ? [key.sk, "pk", "sk"] : [key.sk];
  const parsed = parseJson(Buffer.from(cursor, "base64url").toString());
  const start: Record<string, string> = { [key.pk]: range.pk };
  for (const name of names) {
    const value = parsed[name];
    if (typeof value !== "string" || value === "") throw new MalformedCursor();
    start[name] = value;
  }
  if (Object.keys(parsed).length !== names.length) throw new MalformedCursor();
  if (!isWithin(start[key.sk] ?? "", range)) throw new MalformedCursor();
  return start;
}

export function keyOf(range: QueryRange): { pk: string; sk: string } {
  return range.index ? indexes[range.index] : { pk: "pk", sk: "sk" };
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) return { ...parsed };
  } catch (error) {
    throw new MalformedCursor({ cause: error });
  }
  throw new MalformedCursor();
}

/** DynamoDB refuses a start outside the sort key's condition, in the order of UTF-8 bytes. */
function isWithin(sk: string, { skPrefix = "", skFrom, skTo }: QueryRange): boolean {
  const isAfter = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;
  return (
    sk.startsWith(skPrefix) &&
    !(skFrom !== undefined && isAfter(skFrom, sk)) &&
    !(skTo !== undefined && isAfter(sk, skTo))
  );
}
