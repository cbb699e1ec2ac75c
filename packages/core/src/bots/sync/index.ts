/**
 * Reads uploads into knowledge: QUEUED → RUNNING → SUCCEEDED | FAILED, each source by itself, then
 * builds the index of all of them. Each call goes on from what is stored, so a crash anywhere is
 * mended by the next one.
 */
export * as Sync from "./index.ts";

import { Knowledge } from "../knowledge/index.ts";
import { Retrieval } from "../retrieval/index.ts";
import type { Clock, Log, ObjectStore, Passage, Table } from "../../ports/index.ts";
import { extract, Unreadable } from "./extract.ts";

export interface Deps {
  table: Table;
  objects: ObjectStore;
  clock: Clock;
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
    await publish(deps, botId);
    for (const source of held) await Knowledge.succeed(deps, source);
  } finally {
    beating.abort();
    await beats;
  }
  await Knowledge.refreshStatus(deps.table, botId);
}

/** Builds the index of what has been read, where it is not built yet. */
export const publish = (deps: Omit<Deps, "log">, botId: string): Promise<void> =>
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
    await Knowledge.fail(deps, source, result.failure);
    return undefined;
  }
  const { passages } = result;
  totals.set(source.sourceId, passages.length);
  const total = [...totals.values()].reduce((sum, count) => sum + count, 0);
  if (total <= Retrieval.passagesMax) return Knowledge.record(deps, source, passages);
  totals.set(source.sourceId, source.passages);
  await Knowledge.fail(
    deps,
    source,
    `With its ${passages.length} passages the bot would have more than ${Retrieval.passagesMax}. Remove other sources first.`,
  );
  return undefined;
}

async function read(
  deps: Deps,
  source: Knowledge.Info,
): Promise<{ passages: Passage[] } | { failure: string }> {
  if (source.attempts > attemptsMax) {
    return { failure: "It could not be read after several tries. Remove it and upload it again." };
  }
  const upload = await Knowledge.uploaded(deps.objects, source);
  if (!upload) {
    return { failure: "The uploaded file is not there any more. Upload it again." };
  }
  try {
    return { passages: [...Retrieval.cut(blocksOf(extract(source.kind, upload)))] };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { botId, sourceId } = source;
    deps.log.warn("source could not be read", { botId, sourceId, reason: error.message });
    return { failure: error.message };
  }
}

const blocksOf = (text: string): Retrieval.Block[] =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => ({ kind: "paragraph", text: paragraph, place: { headings: [] } }));
