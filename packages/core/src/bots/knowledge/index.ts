/**
 * A bot's knowledge: sources that its owner uploads, cut into passages and searched for each
 * question. What was uploaded, the passages and the index of them lie in the object store; the table
 * holds one item for each source. Reading an upload is the work of {@link Sync} (`../sync`), finding
 * passages that of {@link Retrieval} (`../retrieval`).
 */
export * as Knowledge from "./index.ts";

import * as v from "valibot";
import type { Id } from "../../foundation/id/index.ts";
import {
  all,
  any,
  below,
  equals,
  exists,
  type ObjectStore,
  type Passage,
  type Table,
  type UnreadableCode,
  type UploadStore,
  type VectorStore,
} from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
// Not the whole of retrieval: of its analysis whoever adds or removes a source needs nothing.
import { removePassages, storePassages } from "../retrieval/passage-store.ts";
import { removeIndex, strike } from "../retrieval/pointer.ts";
import { type Info, type Progress, shape, toItem } from "./info.ts";
import {
  checkRoom,
  type Deps as ItemDeps,
  enqueue,
  fromId,
  list,
  newSource,
  refreshStatus,
  removeOne,
  ring,
} from "./items.ts";
import { kindOf } from "./kind-of.ts";
import { removeSites } from "./site.ts";
import { type Edit, putText } from "./texts.ts";
import { checkArrived, listUploads, removeUpload, uploadFromId, uploadPath } from "./uploads.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Text from "../../foundation/text/index.ts";

export { Fetched, Info, Kind, Progress } from "./info.ts";
export { fromId, list, refreshStatus, ring } from "./items.ts";
export { leaseMs } from "./lease.ts";
export * as Site from "./site.ts";
export { extensions, readingName } from "./kind-of.ts";
export { Edit, readText } from "./texts.ts";
export { Begin, beginUpload, receiveUpload, Upload, uploadFromId } from "./uploads.ts";

const base64Max = 5_300_000;

export const Create = v.pipe(
  v.strictObject({
    /** How answers name it: a file name or title. */
    name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
    text: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(5_000_000))),
    /** A file's bytes, in place of `text`. */
    base64: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(base64Max), v.base64())),
  }),
  v.check(
    ({ text, base64 }) => (text === undefined) !== (base64 === undefined),
    "give either text or base64",
  ),
);

export const Resync = v.strictObject({
  /** Which sources to read again. */
  which: v.optional(v.picklist(["failed", "all"]), "failed"),
});

export interface Deps extends ItemDeps {
  ids: Id.Ids;
}

/**
 * Takes an upload in; the bot knows it once its status is `SUCCEEDED`.
 * @throws ProblemError `invalid_request` where there are too many, or it is of a kind not read here.
 */
export async function add(
  deps: Deps,
  botId: string,
  input: v.InferOutput<typeof Create>,
): Promise<Info> {
  const kind = kindOf(input);
  await checkRoom(deps.table, botId);
  const upload =
    input.base64 === undefined
      ? Buffer.from(input.text ?? "")
      : Buffer.from(input.base64, "base64");
  const bytes = upload.byteLength;
  const source = newSource(deps, botId, {
    sourceId: deps.ids.ulid(),
    name: input.name,
    kind,
    bytes,
  });
  // The upload first: a crash leaves an object that no item names, not a source without a text.
  await deps.objects.put(uploadPath(botId, source.sourceId), upload, "application/octet-stream");
  await enqueue(deps, source);
  return source;
}

/**
 * Makes a source of a file that has arrived. Asked for twice, it is one source.
 * @throws ProblemError `not_found`, `invalid_request`
 */
export async function finishUpload(
  deps: Omit<Deps, "objects"> & { uploads: UploadStore },
  botId: string,
  uploadId: string,
): Promise<Info> {
  const done = await fromId(deps.table, botId, uploadId);
  if (done) return done;
  const upload = await uploadFromId(deps.table, botId, uploadId);
  await checkArrived(deps, upload);
  await checkRoom(deps.table, botId);
  const { name, kind, bytes } = upload;
  const source = newSource(deps, botId, { sourceId: uploadId, name, kind, bytes });
  await enqueue(deps, source);
  await removeUpload(deps.table, upload);
  return source;
}

/** Queues sources to be read again; what is being read already goes on. */
export async function resync(
  deps: Deps,
  botId: string,
  { which }: v.InferOutput<typeof Resync>,
): Promise<void> {
  const ended = (await list(deps.table, botId)).filter(
    ({ status }) => status === "FAILED" || (which === "all" && status === "SUCCEEDED"),
  );
  for (const source of ended) {
    const queued: Info = {
      ...source,
      status: "QUEUED",
      failure: null,
      failureCode: null,
      attempts: 0,
      statusAt: deps.clock.now(),
    };
    await deps.table.put(toItem(queued), equals("status", source.status));
  }
  await refreshStatus(deps.table, botId);
  await ring(deps, botId);
}

/**
 * Puts another text in a source's place. What was read of the old one is found until the new one
 * has been read.
 * @throws ProblemError `not_found`, `invalid_request`; `conflict` while it is being read.
 */
export async function edit(
  deps: Deps,
  botId: string,
  sourceId: string,
  input: v.InferOutput<typeof Edit>,
): Promise<Info> {
  const source = await putText(deps, botId, sourceId, input);
  await refreshStatus(deps.table, botId);
  await ring(deps, botId);
  return source;
}

/** From now on nothing of it is found; the index is built anew soon after. */
export async function remove(
  deps: Pick<Deps, "table" | "objects" | "syncQueue">,
  botId: string,
  sourceId: string,
): Promise<void> {
  const source = await fromId(deps.table, botId, sourceId);
  if (!source) {
    throw new Problem.ProblemError("not_found", `The bot has no source ${Text.cut(sourceId, 40)}.`);
  }
  await removeOne(deps, source);
  await strike(deps.table, botId, sourceId);
  await refreshStatus(deps.table, botId);
  await ring(deps, botId);
}

/** Removes every source of a bot that is being deleted. */
export async function removeAll(
  deps: Pick<Deps, "table" | "objects"> & { vectors?: Pick<VectorStore, "removeAll"> | undefined },
  botId: string,
): Promise<void> {
  for (const source of await list(deps.table, botId)) await removeOne(deps, source);
  for (const upload of await listUploads(deps.table, botId)) {
    await deps.objects.remove(uploadPath(botId, upload.uploadId));
    await removeUpload(deps.table, upload);
  }
  await removeSites(deps.table, botId);
  await removeIndex(deps, botId);
}

/**
 * Takes a source to be read, unless it is read, or somebody has been at it for less than `leaseMs`.
 * @returns the source under a new attempt.
 */
export async function begin(
  deps: Pick<Deps, "table" | "clock">,
  { botId, sourceId, attempts }: Info,
  leaseMs: number,
): Promise<Info | undefined> {
  const now = deps.clock.now();
  const free = any(
    equals("status", "QUEUED"),
    all(equals("status", "RUNNING"), below("statusAt", now - leaseMs)),
  );
  const item = await deps.table.update(
    Layout.source(botId, sourceId),
    {
      set: { status: "RUNNING", statusAt: now, attempts: attempts + 1 },
      // Known before it is written: a crash leaves nothing that no item names.
      append: { versions: [`${now.toString(36)}-${attempts + 1}`] },
    },
    all(exists("pk"), free, equals("attempts", attempts)),
  );
  return item && shape.read(deps.table, item);
}

type AtWork = Pick<Deps, "table" | "objects" | "clock">;

/** Says that a source is still being read or waits for the index. @returns whether it is ours. */
export async function extend(deps: AtWork, source: Info): Promise<boolean> {
  const { botId, sourceId } = source;
  const set = { statusAt: deps.clock.now() };
  return (
    (await deps.table.update(Layout.source(botId, sourceId), { set }, isMine(source))) !== undefined
  );
}

/** Says how far the reading is, and with it that it goes on. */
export async function advance(deps: AtWork, source: Info, progress: Progress): Promise<void> {
  const { botId, sourceId } = source;
  const set = { progress, statusAt: deps.clock.now() };
  await deps.table.update(Layout.source(botId, sourceId), { set }, isMine(source));
}

/**
 * Stores what was read of a source, for the index that is built next.
 * @returns the source; `undefined` where this attempt is not the one at it any more.
 */
export async function record(
  deps: AtWork,
  source: Info,
  passages: readonly Passage[],
  about: Pick<Info, "notes"> & Partial<Pick<Info, "fetched" | "bytes">> = { notes: [] },
): Promise<Info | undefined> {
  const { botId, sourceId } = source;
  const version = source.versions.at(-1) ?? "";
  await storePassages(deps.objects, botId, { sourceId, version }, passages);
  const count = passages.length;
  const set = { ...about, version, passages: count, progress: null, statusAt: deps.clock.now() };
  const item = await deps.table.update(Layout.source(botId, sourceId), { set }, isMine(source));
  // Removed meanwhile: its passages must not outlive it.
  if (!item) await removePassages(deps.objects, botId, { sourceId, version });
  return item && shape.read(deps.table, item);
}

/** What was recorded is in the index now. */
export const succeed = (deps: AtWork, source: Info): Promise<void> =>
  settle(deps, source, { status: "SUCCEEDED", failure: null, failureCode: null });

/**
 * The reading failed. What was read before goes on to be found.
 * @param failure why, and what to do about it.
 */
export const fail = (
  deps: AtWork,
  source: Info,
  failure: string,
  failureCode: UnreadableCode | null = null,
): Promise<void> => settle(deps, source, { status: "FAILED", failure, failureCode });

async function settle(
  deps: AtWork,
  source: Info,
  outcome: Pick<Info, "status" | "failure" | "failureCode">,
): Promise<void> {
  const { botId, sourceId, version, versions } = source;
  const ended = { ...source, ...outcome, progress: null, statusAt: deps.clock.now() };
  if (!(await deps.table.put(toItem(ended), isMine(source)))) return;
  for (const old of versions.filter((one) => one !== version)) {
    await removePassages(deps.objects, botId, { sourceId, version: old });
  }
  const set = { versions: version === null ? [] : [version] };
  const same = all(
    exists("pk"),
    equals("attempts", source.attempts),
    equals("status", ended.status),
  );
  await deps.table.update(Layout.source(botId, sourceId), { set }, same);
}

const isMine = ({ attempts }: Info) =>
  all(equals("status", "RUNNING"), equals("attempts", attempts));

export const uploaded = (objects: ObjectStore, source: Info): Promise<Uint8Array | undefined> =>
  objects.get(uploadPath(source.botId, source.sourceId));

/** Sources that wait or are being read, of all bots. */
export async function listOpen(table: Table): Promise<Info[]> {
  const page = await table.query({ index: "open", pk: Layout.open.sources, limit: 100 });
  return shape.readAll(table, page.items);
}
