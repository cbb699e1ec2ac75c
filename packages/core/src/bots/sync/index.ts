/**
 * Reads uploads into knowledge: QUEUED → RUNNING → SUCCEEDED | FAILED, each source by itself, then
 * builds the index of all of them. Each call goes on from what is stored, so a crash anywhere is
 * mended by the next one.
 */
export * as Sync from "./index.ts";

import type { Id } from "../../foundation/id/index.ts";
import { fetchPage, visitSites } from "./visit.ts";
import * as Knowledge from "../knowledge/index.ts";
import * as Retrieval from "../retrieval/index.ts";
import {
  type Clock,
  type Document,
  type DocumentReader,
  type Embedder,
  type FileToRead,
  type Http,
  type Log,
  type ObjectStore,
  type Passage,
  type Table,
  Unreadable,
  type UnreadableCode,
  type VectorStore,
} from "../../ports/index.ts";

export interface Deps {
  table: Table;
  objects: ObjectStore;
  reader: DocumentReader;
  /** For pages of the web. */
  http: Http;
  /** Passages are found by meaning too, where there is one. */
  embedder?: Embedder | undefined;
  /** Where vectors are to lie; in the index where absent. */
  vectors?: VectorStore | undefined;
  clock: Clock;
  ids: Id.Ids;
  log: Log;
}

const attemptsMax = 5;
/** Between two signs of life of a reader, of a lease that ends after {@link Knowledge.leaseMs}. */
const beatMs = Knowledge.leaseMs / 3;

/**
 * Reads every source of a bot that waits. Those that somebody else is at are left to them. What was
 * read is found once the index holds it: only then has it succeeded.
 */
export async function advance(deps: Deps, botId: string): Promise<void> {
  await visitSites(deps, botId);
  const sources = await Knowledge.list(deps.table, botId);
  const held = new Set<Knowledge.Info>();
  const beating = new AbortController();
  const beats = keepAlive(deps, held, beating.signal);
  try {
    const totals = new Map(sources.map(({ sourceId, passages }) => [sourceId, passages]));
    for (const source of sources) {
      if (source.status !== "QUEUED" && source.status !== "RUNNING") continue;
      const mine = await Knowledge.begin(deps, source, Knowledge.leaseMs);
      if (!mine) continue;
      if (held.size === 0) await Knowledge.refreshStatus(deps.table, botId);
      held.add(mine);
      const recorded = await take(deps, mine, totals);
      held.delete(mine);
      if (recorded) held.add(recorded);
    }
    const embedding = new EmbeddingProgress(deps, held);
    try {
      await publish({ ...deps, onEmbedded: embedding.take }, botId);
    } finally {
      await embedding.end();
    }
    for (const source of held) await Knowledge.succeed(deps, source);
  } finally {
    beating.abort();
    await beats;
  }
  await Knowledge.refreshStatus(deps.table, botId);
}

/** Builds the index of what has been read, where it is not built yet. */
export const publish = (
  deps: Pick<Deps, "table" | "objects" | "clock" | "embedder" | "vectors"> &
    Partial<Pick<Deps, "log">> & { onEmbedded?: EmbeddingProgress["take"] },
  botId: string,
): Promise<void> =>
  Retrieval.publish(deps, botId, async () =>
    (await Knowledge.list(deps.table, botId)).flatMap(({ sourceId, version, name }) =>
      version === null ? [] : [{ sourceId, version, name }],
    ),
  );

/** Sources that are read one after the other, and wait for the index together, stay ours meanwhile. */
async function keepAlive(
  deps: Deps,
  held: ReadonlySet<Knowledge.Info>,
  signal: AbortSignal,
): Promise<void> {
  const slept = () =>
    deps.clock.sleep(beatMs, signal).then(
      () => true,
      () => false,
    );
  while (await slept()) {
    for (const source of held) {
      try {
        await Knowledge.extend(deps, source);
      } catch (cause) {
        // Somebody else may begin with it now: it is read twice, and one of both is kept.
        deps.log.warn("a source's lease was not extended", { sourceId: source.sourceId, cause });
      }
    }
  }
}

/** Reads one source. @returns it, where its passages are to be in the index. */
async function take(
  deps: Deps,
  source: Knowledge.Info,
  totals: Map<string, number>,
): Promise<Knowledge.Info | undefined> {
  const result = await read(deps, source);
  if ("failure" in result) {
    await Knowledge.fail(deps, source, result.failure, result.code);
    return undefined;
  }
  // As it was: the index has it, and its owner is told so.
  if ("unchanged" in result) return source;
  const { passages, ...about } = result;
  totals.set(source.sourceId, passages.length);
  const total = [...totals.values()].reduce((sum, count) => sum + count, 0);
  if (total <= Retrieval.passagesMax) return Knowledge.record(deps, source, passages, about);
  totals.set(source.sourceId, source.passages);
  await Knowledge.fail(
    deps,
    source,
    `With its ${passages.length} passages the bot would have more than ${Retrieval.passagesMax}. Remove other sources first.`,
  );
  return undefined;
}

type Outcome =
  | { passages: Passage[]; notes: string[]; fetched?: Knowledge.Fetched; bytes?: number }
  | { unchanged: true }
  | { failure: string; code?: UnreadableCode };

async function read(deps: Deps, source: Knowledge.Info): Promise<Outcome> {
  if (source.attempts > attemptsMax) {
    return { failure: "It could not be read after several tries. Remove it and upload it again." };
  }
  try {
    if (source.url !== null) return await readPage(deps, source);
    const bytes = await Knowledge.uploaded(deps.objects, source);
    if (!bytes) return { failure: "The uploaded file is not there any more. Upload it again." };
    const { blocks, notes } = await readFile(deps, source, {
      bytes,
      name: Knowledge.readingName(source),
    });
    return { passages: [...Retrieval.cut(blocks)], notes };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { botId, sourceId } = source;
    deps.log.warn("source could not be read", {
      botId,
      sourceId,
      code: error.code,
      reason: error.message,
      cause: error.cause,
    });
    return { failure: error.message, code: error.code };
  }
}

async function readPage(deps: Deps, source: Knowledge.Info): Promise<Outcome> {
  const page = await fetchPage(deps, source);
  if (!page) return { unchanged: true };
  const { blocks, notes } = await readFile(deps, source, page.file);
  const { fetched, file } = page;
  return { passages: [...Retrieval.cut(blocks)], notes, fetched, bytes: file.bytes.length };
}

/** Reads a file, and writes down how far it is every now and then. */
async function readFile(deps: Deps, source: Knowledge.Info, file: FileToRead): Promise<Document> {
  const progress = new ProgressWriter((page, pages) =>
    Knowledge.advance(deps, source, { done: page, total: pages, of: "pages" }),
  );
  try {
    return await deps.reader.read(file, {
      onPage: (page, pages) => progress.take(deps.clock.now(), page, pages),
    });
  } finally {
    await progress.end();
  }
}

/** How far the embedding of each source is, for those that wait for the index: one after the other. */
class EmbeddingProgress {
  readonly #deps: Deps;
  readonly #sources: Map<string, Knowledge.Info>;
  #current: Knowledge.Info | undefined;
  readonly #writer = new ProgressWriter(async (done, total) => {
    if (this.#current) {
      await Knowledge.advance(this.#deps, this.#current, { done, total, of: "passages" });
    }
  });

  constructor(deps: Deps, held: ReadonlySet<Knowledge.Info>) {
    this.#deps = deps;
    this.#sources = new Map([...held].map((source) => [source.sourceId, source]));
  }

  readonly take = (sourceId: string, done: number, total: number): void => {
    this.#current = this.#sources.get(sourceId);
    if (this.#current) this.#writer.take(this.#deps.clock.now(), done, total);
  };

  end = (): Promise<void> => this.#writer.end();
}

const progressEveryMs = 1_000;

/** One write at a time, and none more often than somebody would look. */
class ProgressWriter {
  readonly #write: (page: number, pages: number) => Promise<void>;
  #last = 0;
  #writing: Promise<void> | undefined;
  #error: unknown;

  constructor(write: (page: number, pages: number) => Promise<void>) {
    this.#write = write;
  }

  take(now: number, page: number, pages: number): void {
    if (this.#writing || now - this.#last < progressEveryMs) return;
    this.#last = now;
    this.#writing = this.#write(page, pages)
      .catch((cause: unknown) => {
        this.#error = cause;
      })
      .finally(() => {
        this.#writing = undefined;
      });
  }

  /** @throws what a write failed by. */
  async end(): Promise<void> {
    await this.#writing;
    if (this.#error !== undefined) throw this.#error;
  }
}
