import { clientRows } from "./rows/clients.ts";
import { consoleRows } from "./rows/console.ts";
import { operationRows } from "./rows/operations.ts";
import { publishingRows } from "./rows/publishing.ts";
import { removalRows } from "./rows/removal.ts";
import type { Target } from "./target.ts";
import { countsOf, type Judged, judgeRows, type Verdict } from "./verdict.ts";
import { SmokeWorld } from "./world.ts";

/** In this order: each stands on what those before it made. */
export const rows = [
  ...consoleRows,
  ...publishingRows,
  ...clientRows,
  ...operationRows,
  ...removalRows,
];

/** What is kept of a run. */
export interface Evidence {
  target: string;
  /** ISO 8601. */
  begunAt: string;
  endedAt: string;
  counts: Record<Verdict, number>;
  rows: Judged[];
}

/** Looks at everything that is claimed of a deployment, and removes what it made for that. */
export async function smoke(target: Target, tell: (row: Judged) => void): Promise<Evidence> {
  const world = new SmokeWorld(target);
  const begunAt = new Date().toISOString();
  let judged: Judged[] = [];
  try {
    judged = await judgeRows(rows, world, target.cannot, tell);
  } finally {
    await world.cleanUp();
  }
  const endedAt = new Date().toISOString();
  return { target: target.name, begunAt, endedAt, counts: countsOf(judged), rows: judged };
}
