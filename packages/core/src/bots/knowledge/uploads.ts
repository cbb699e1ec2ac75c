import * as v from "valibot";
import * as Problem from "../../foundation/problem/index.ts";
import {
  type Clock,
  type Item,
  type Table,
  type UploadStore,
  type UploadTarget,
} from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import type { Id } from "../../foundation/id/index.ts";
import { kinds } from "../reading/kind.ts";
import { limits } from "../reading/limits.ts";
import { kindOf } from "./kind-of.ts";

/** A file on its way: no source yet. */
export const Upload = v.object({
  uploadId: v.string(),
  botId: v.string(),
  name: v.string(),
  kind: v.picklist(kinds),
  /** As announced; no other number is taken. */
  bytes: v.number(),
  createdAt: v.number(),
});
export type Upload = v.InferOutput<typeof Upload>;

export const Begin = v.strictObject({
  /** How answers name it: a file's name, whose ending tells what it is. */
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
  /** Of the file, in bytes. */
  bytes: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.maxValue(limits.fileBytesMax, `must be at most ${limits.fileBytesMax} (100 MB)`),
  ),
});

interface Deps {
  table: Table;
  uploads: UploadStore;
  clock: Clock;
  ids: Id.Ids;
}

/** A browser has so long to begin sending. */
const expiresSeconds = 3_600;
/** What did not arrive within a day will not. */
const abandonedMs = 24 * 3_600_000;
const openMax = 20;

/** Where what is uploaded lies: of a source, and before it is one. */
export const uploadPath = (botId: string, id: string): string => `knowledge/${botId}/${id}/upload`;

/**
 * Announces a file; it becomes a source once it has arrived whole.
 *
 * @returns `target`: where a browser sends it itself, or `undefined`: through the API.
 * @throws ProblemError `invalid_request` for a kind not read, or too many that never arrived.
 */
export async function beginUpload(
  deps: Deps,
  botId: string,
  input: v.InferOutput<typeof Begin>,
): Promise<{ upload: Upload; target: UploadTarget | undefined }> {
  const kind = kindOf({ name: input.name });
  const open = await listUploads(deps.table, botId);
  const now = deps.clock.now();
  const abandoned = open.filter(({ createdAt }) => createdAt < now - abandonedMs);
  for (const upload of abandoned) await deps.table.remove(keyOf(upload));
  if (open.length - abandoned.length >= openMax) {
    throw new Problem.ProblemError("invalid_request", {
      message: `${openMax} uploads to this bot have begun and not arrived. Finish them, or wait a day.`,
      param: "name",
    });
  }
  const upload: Upload = { ...input, uploadId: deps.ids.ulid(), botId, kind, createdAt: now };
  await deps.table.put({ ...upload, ...keyOf(upload) });
  const path = uploadPath(botId, upload.uploadId);
  const target = await deps.uploads.target(path, { bytes: upload.bytes, expiresSeconds });
  return { upload, target };
}

/** @throws ProblemError `not_found` */
export async function uploadFromId(table: Table, botId: string, uploadId: string): Promise<Upload> {
  const item = await table.get(keyOf({ botId, uploadId }));
  if (item) return fromItem(item);
  throw new Problem.ProblemError("not_found", "The bot awaits no such upload.");
}

/** Takes the bytes of a file in that comes through the API. */
export async function receiveUpload(
  deps: Pick<Deps, "uploads">,
  { botId, uploadId, bytes }: Upload,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  await deps.uploads.receive(uploadPath(botId, uploadId), counted(pieces, bytes));
}

/** Nothing is stored of what is longer or shorter than it was announced. */
async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  for await (const piece of pieces) {
    received += piece.length;
    if (received > bytes) throw wrongSize(`more than ${bytes}`, bytes);
    yield piece;
  }
  if (received < bytes) throw wrongSize(String(received), bytes);
}

/** @throws ProblemError `invalid_request` where the file is not there, or not as it was announced. */
export async function checkArrived(deps: Pick<Deps, "uploads">, upload: Upload): Promise<void> {
  const size = await deps.uploads.size(uploadPath(upload.botId, upload.uploadId));
  if (size !== upload.bytes) throw wrongSize(size === undefined ? "0" : String(size), upload.bytes);
}

const wrongSize = (arrived: string, bytes: number): Problem.ProblemError =>
  new Problem.ProblemError("invalid_request", {
    message: `Of the ${bytes} bytes announced ${arrived} arrived. Send the file again.`,
    param: "bytes",
  });

export async function listUploads(table: Table, botId: string): Promise<Upload[]> {
  const page = await table.query({
    pk: Layout.botPartition(botId),
    skPrefix: Layout.uploadPrefix,
    limit: 100,
  });
  return page.items.map(fromItem);
}

export const removeUpload = (table: Table, upload: Upload): Promise<unknown> =>
  table.remove(keyOf(upload));

const keyOf = ({ botId, uploadId }: Pick<Upload, "botId" | "uploadId">) =>
  Layout.upload(botId, uploadId);
const fromItem = (item: Item): Upload => v.parse(Upload, item);
