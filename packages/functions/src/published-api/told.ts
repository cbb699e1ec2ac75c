import type { Ended } from "./openai/answer.ts";

/** What a run's log tells its readers, in the order it was written. */
export type Told =
  /** An attempt begins: what the one before it said is void. */
  | { kind: "begun" }
  | { kind: "reasoning"; text: string }
  | { kind: "text"; text: string }
  /** A call of a tool, each time that its state changes; what it brought stands in the answer's steps. */
  | ToolTold
  | { kind: "ended"; ended: Ended };

export interface ToolTold {
  kind: "tool";
  callId: string;
  name: string;
  status: "running" | "succeeded" | "failed" | "unknown";
  /** JSON text and text, cut to be shown. */
  input?: string | undefined;
  output?: string | undefined;
}
