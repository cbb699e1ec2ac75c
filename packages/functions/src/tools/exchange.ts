import type { ToolOutcome } from "@outlet/core/ports";

/** How a call went, for the owner who tries a tool. No secret is in it. */
export interface Exchange {
  request: { method: string; url: string; headers: Record<string, string>; body: string | null };
  /** Of HTTP; `null` where nothing came. */
  status: number | null;
  outcome: ToolOutcome;
}
