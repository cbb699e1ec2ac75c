import { AwsRefusal } from "../aws-call.ts";

/** One thing that a deployment stands on. */
export interface Finding {
  what: string;
  found: string;
  needed: string;
  /** `ok`; `mend` where a deployment would fail; `unknown` where it could not be looked at. */
  verdict: "ok" | "mend" | "unknown";
  /** How to mend it; empty where there is nothing to mend. */
  mend: string;
}

export const ok = (what: string, found: string, needed: string): Finding => ({
  what,
  found,
  needed,
  verdict: "ok",
  mend: "",
});

export const mend = (what: string, found: string, needed: string, how: string): Finding => ({
  what,
  found,
  needed,
  verdict: "mend",
  mend: how,
});

/** @returns the finding, or why there is none. It ends in time whatever happens. */
export async function lookAt(
  what: string,
  needed: string,
  look: () => Promise<Finding>,
  withinMs: number,
): Promise<Finding> {
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const unknown = (found: string): Finding => ({
    what,
    found,
    needed,
    verdict: "unknown",
    mend: "",
  });
  const overdue = setTimeout(
    () => resolve(unknown(`no answer within ${withinMs / 1000} s`)),
    withinMs,
  );
  try {
    return await Promise.race([
      promise,
      look().catch((error: unknown) => unknown(reasonOf(error))),
    ]);
  } finally {
    clearTimeout(overdue);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AwsRefusal)
    return `not seen: ${error.name}${error.message && `, ${error.message}`}`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
  const said = error instanceof Error ? error.message : String(error);
  return `not seen: ${[said, cause].filter(Boolean).join(": ")}`;
}

export const lineOf = ({ verdict, what, found, needed, mend: how }: Finding): string =>
  `${verdict.padEnd(7)} ${what}\n        found:  ${found}\n        needed: ${needed}\n` +
  (how ? `        mend:   ${how}\n` : "");
