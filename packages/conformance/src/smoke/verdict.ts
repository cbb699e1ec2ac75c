export type Verdict = "PASS" | "FAIL" | "UNKNOWN";

/** What a row saw. */
export interface Sight {
  verdict: Verdict;
  /** In words; of UNKNOWN why it could not be judged. */
  seen: string;
}

export interface Row<World> {
  id: string;
  /** What is claimed of the deployment. */
  claim: string;
  expected: string;
  look: (world: World) => Promise<Sight>;
}

export interface Judged extends Sight {
  id: string;
  claim: string;
  expected: string;
  ms: number;
}

export const pass = (seen: string): Sight => ({ verdict: "PASS", seen });
export const fail = (seen: string): Sight => ({ verdict: "FAIL", seen });
export const unknown = (seen: string): Sight => ({ verdict: "UNKNOWN", seen });
export const judged = (isHeld: boolean, seen: string): Sight => (isHeld ? pass(seen) : fail(seen));

/** Thrown by what a row stands on: nothing is known of its claim. */
export class Unjudged extends Error {
  override name = "Unjudged";
}

/**
 * Looks at every row in turn. A row that breaks off has failed, and keeps no other from being judged.
 * @param cannot rows that cannot be judged there, with the reason.
 */
export async function judgeRows<World>(
  rows: readonly Row<World>[],
  world: World,
  cannot: Readonly<Record<string, string>>,
  tell: (row: Judged) => void,
): Promise<Judged[]> {
  const all: Judged[] = [];
  for (const { id, claim, expected, look } of rows) {
    const begun = performance.now();
    const reason = cannot[id];
    const sight = reason === undefined ? await lookAt(() => look(world)) : unknown(reason);
    const ms = Math.round(performance.now() - begun);
    const row = { id, claim, expected, ...sight, ms };
    all.push(row);
    tell(row);
  }
  return all;
}

async function lookAt(look: () => Promise<Sight>): Promise<Sight> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Unjudged) return unknown(error.message);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return fail([said, cause].filter(Boolean).join(": "));
  }
}

/** One line of the table. */
export const lineOf = ({ verdict, claim, expected, seen, ms }: Judged): string =>
  `${verdict.padEnd(7)} ${claim}\n        expected: ${expected}\n        seen:     ${seen} (${ms} ms)\n`;

export function countsOf(rows: readonly Judged[]): Record<Verdict, number> {
  const counts = { PASS: 0, FAIL: 0, UNKNOWN: 0 };
  for (const { verdict } of rows) counts[verdict] += 1;
  return counts;
}
