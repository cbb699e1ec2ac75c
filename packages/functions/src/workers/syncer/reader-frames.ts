/** What the reader's process and its watcher say to each other. */
import type { Block, Place, UnreadableCode } from "@outlet/core/ports";

/** Before a file's bytes, as a line of JSON. */
export interface Assignment {
  name: string;
  bytes: number;
  mediaType?: string;
  url?: string;
}

/** A line of JSON each. A place is said once for all blocks that follow it. */
export type Report =
  | { type: "page"; page: number; pages: number }
  | { type: "place"; place: Omit<Place, "row"> }
  | { type: "block"; block: Omit<Block, "place">; row?: number }
  | { type: "read"; title?: string; pages?: number; notes: string[] }
  | { type: "unreadable"; code: UnreadableCode; message: string };
