import type { Item } from "@outlet/core/ports";

/** What stays of a run whose conversation was deleted. */
export const isTombstone = (run: Item): boolean => run.removed === true;

export const isTerminal = (run: Item): boolean =>
  run.status !== "queued" && run.status !== "in_progress";

export const numberAt = (item: Item | undefined, name: string): number => {
  const value = item?.[name];
  return typeof value === "number" ? value : 0;
};

export const inputTokensOf = ({ usage }: Item): number =>
  usage && typeof usage === "object" && !Array.isArray(usage) ? Number(usage.inputTokens ?? 0) : 0;

/** Under what a run's end is billed. */
export const entryKey = (runId: string, redrives: number): string =>
  redrives === 0 ? runId : `${runId}#redrive-${redrives}`;

export const listAt = (item: Item | undefined, name: string): string[] => {
  const value = item?.[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
};

/** DynamoDB keeps no order of attributes, and drops those that are undefined. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    member && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
