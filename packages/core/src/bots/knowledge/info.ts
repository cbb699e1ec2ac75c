import * as v from "valibot";
import { type Item, unreadableCodes } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Shape from "../../store/shape/index.ts";
import * as Bot from "../bot/index.ts";
import { kinds } from "../reading/kind.ts";

/** What an upload is read as: its name tells, and the file itself where it knows better. */
export const Kind = v.picklist(kinds);
export type Kind = v.InferOutput<typeof Kind>;

/** How far a reading is, and then the embedding of what was read. */
export const Progress = v.object({
  done: v.number(),
  total: v.number(),
  of: v.optional(v.picklist(["pages", "passages"]), "pages"),
});
export type Progress = v.InferOutput<typeof Progress>;

/** `hash` is of the bytes; the others are as the server sent them (RFC 9110, 8.8). */
export const Fetched = v.object({
  etag: v.nullable(v.string()),
  lastModified: v.nullable(v.string()),
  hash: v.string(),
  at: v.number(),
});
export type Fetched = v.InferOutput<typeof Fetched>;

export const Info = v.object({
  sourceId: v.string(),
  botId: v.string(),
  name: v.string(),
  kind: v.optional(Kind, "text"),
  /** Of a page that is fetched: where from, and the site whose page it is. */
  url: v.optional(v.nullable(v.string()), null),
  siteId: v.optional(v.nullable(v.string()), null),
  /** What the page said of itself when it was last read, so that only a new one is read. */
  fetched: v.optional(v.nullable(Fetched), null),
  /** Of the upload, or of the page as it was fetched. */
  bytes: v.number(),
  passages: v.number(),
  status: Bot.SyncStatus,
  /** Why it could not be read, and what to do about it. */
  failure: v.optional(v.nullable(v.string()), null),
  /** Which of the known causes that is (docs/knowledge.md). */
  failureCode: v.optional(v.nullable(v.picklist(unreadableCodes)), null),
  /** What its owner should know although it was read. */
  notes: v.optional(v.array(v.string()), []),
  /** Pages read of those there are, then passages embedded, while it is `RUNNING`. */
  progress: v.optional(v.nullable(Progress), null),
  /** Of the passages that the index is to hold; none before it was read. */
  version: v.optional(v.nullable(v.string()), null),
  /** All that may lie in the object store: each attempt at reading has one of its own. */
  versions: v.optional(v.array(v.string()), []),
  /** Fences the reader: only the newest attempt may say how it went. */
  attempts: v.optional(v.number(), 0),
  createdAt: v.number(),
  /** Of the last change of status. */
  statusAt: v.optional(v.number(), 0),
});
export type Info = v.InferOutput<typeof Info>;
export const shape = Shape.of("source", Info);

export function toItem(source: Info): Item {
  const open = source.status === "QUEUED" || source.status === "RUNNING";
  return {
    ...shape.check(source),
    ...Layout.source(source.botId, source.sourceId),
    ...(open && Layout.inOpen(Layout.open.sources, `${source.botId}#${source.sourceId}`)),
  };
}
