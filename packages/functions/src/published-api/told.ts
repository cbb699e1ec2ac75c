import type { Ended } from "./openai/answer.ts";

/** What a run's log tells its readers, in the order it was written. */
export type Told =
  /** An attempt begins: what the one before it said is void. */
  | { kind: "begun" }
  | { kind: "reasoning"; text: string }
  | { kind: "text"; text: string }
  | { kind: "ended"; ended: Ended };
