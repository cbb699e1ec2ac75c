import type { Budget } from "../../publishing/budget/index.ts";
import type { Asked, NewSurroundings } from "./asked.ts";
import type { NewContent } from "./content.ts";
import type { Webhooks } from "./state.ts";

/** What a run is made of. */
export interface New {
  runId: string;
  answerId: string;
  keyId: string;
  content: NewContent[];
  requestedModel: string | null;
  continues: boolean;
  reasoning: boolean;
  retentionDays: number;
  deltas?: boolean;
  followed?: boolean;
  requestId?: string | undefined;
  asked?: Asked;
  surroundings?: NewSurroundings;
  holds?: Budget.Hold[];
  webhooks?: Webhooks;
}
