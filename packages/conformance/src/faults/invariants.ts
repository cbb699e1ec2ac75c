import type { Item, Table } from "@outlet/core/ports";
import type { ClientSide } from "./clients.ts";
import { answerIn, logOf } from "./event-logs.ts";
import { canonical, entryKey, isTerminal, isTombstone, listAt, numberAt } from "./item-fields.ts";
import { type End, type Journal, Violation } from "./journal.ts";
import { saidIn, textOfPiece } from "./scripted-model.ts";

/** No run is open, no deletion under way, and nobody holds a lease. */
export function isAtRest(journal: Journal, now: number): boolean {
  for (const item of journal.items.values()) {
    if (item.sk !== "HEAD") continue;
    if (listAt(item, "open").length > 0 || numberAt(item, "leaseUntil") >= now) return false;
    if (item.doomed !== undefined) return false;
  }
  return true;
}

interface Subject {
  journal: Journal;
  table: Table;
  clients: ClientSide;
}

/** What has to hold over all runs once everything is at rest, read from the stores themselves. */
export async function assertAtRest(subject: Subject): Promise<void> {
  try {
    for (const pk of subject.journal.arrivals.keys()) await assertConversation(subject, pk);
    await assertLedger(subject);
    for (const [runId, address] of subject.clients.acknowledged) {
      const { status } = await subject.clients.ask(address, runId);
      if (subject.journal.removed.has(runId)) {
        if (status === 404) continue;
        throw new Violation("Deletion", `${runId} was deleted, and its client reads ${status}`);
      }
      if (status === 404 || status === 202 || status >= 500) {
        const said = `${runId} was acknowledged, and in the end the client reads ${status}`;
        if (!(await isFailure(subject, runId))) throw new Violation("EveryRunEnds", said);
      }
    }
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    subject.journal.fail(error);
  }
}

/** A failed run is an error to its client, and may be one of the 500s. */
async function isFailure({ journal }: Subject, runId: string): Promise<boolean> {
  return [...journal.items.values()].some(
    ({ sk, status }) => sk === `RUN#${runId}` && status === "failed",
  );
}

async function assertConversation({ journal, table, clients }: Subject, pk: string): Promise<void> {
  const { items } = await table.query({ pk });
  const head = items.find(({ sk }) => sk === "HEAD");
  const runs = new Map(
    items.flatMap((item) => (item.sk.startsWith("RUN#") ? [[item.sk.slice(4), item]] : [])),
  );
  for (const item of items) {
    if (canonical(item) === canonical(journal.itemAt(item))) continue;
    throw new Violation("Journal", `${item.sk} is not what was written to it`);
  }
  const arrived = journal.arrivals.get(pk) ?? [];
  for (const [runId, { conversationId }] of clients.acknowledged) {
    if (!pk.endsWith(`#${conversationId}`) || arrived.includes(runId)) continue;
    if (journal.removed.has(runId)) continue;
    throw new Violation("NothingLost", `${runId} was acknowledged and never arrived`);
  }
  for (const [id, run] of runs) {
    if (!journal.removed.has(id) || isTombstone(run)) continue;
    throw new Violation("Deletion", `${id} was deleted, and is there`);
  }
  for (const id of arrived) {
    const run = runs.get(id);
    if (!run || !isTerminal(run)) {
      throw new Violation("EveryRunEnds", `${id} is ${run?.status ?? "gone"} at the end`);
    }
  }
  if (head?.openPk !== undefined) {
    throw new Violation("ComesToRest", `${pk} is empty and still listed as open`);
  }
  assertChain(pk, runs, arrived, head);
  for (const run of runs.values()) assertEventLog(journal, run);
}

/** EndIsTheAnswer, PoppedIsClosed and Forgotten: what a run's readers streamed is what it says. */
function assertEventLog({ eventLogs, removed }: Journal, run: Item): void {
  const pk = logOf(run);
  if (isTombstone(run) || removed.has(run.sk.slice("RUN#".length))) {
    if (!eventLogs.holdsText(pk)) return;
    throw new Violation("Forgotten", `${run.sk} was deleted, and its events are there`);
  }
  // Put and never appended: nobody reads it.
  if (!isTerminal(run)) return;
  const { text, isClosed } = eventLogs.read(pk, numberAt(run, "redrives"));
  if (!isClosed) throw new Violation("PoppedIsClosed", `the events of ${run.sk} have no end`);
  const answer = answerIn(run);
  if (answer === undefined || answer === text) return;
  throw new Violation("EndIsTheAnswer", `${run.sk} answered ${answer}, and streamed ${text}`);
}

/**
 * The parents form one chain, from the run popped last to the first, in order of arrival. At its
 * older places a redriven run leads on to what was before it there.
 */
function assertChain(
  pk: string,
  runs: Map<string, Item>,
  arrived: string[],
  head: Item | undefined,
): void {
  const chain: string[] = [];
  const visits = new Map<string, number>();
  let id = head?.last;
  for (let steps = 0; typeof id === "string" && id !== "system" && steps < 100; steps++) {
    const visit = visits.get(id) ?? 0;
    visits.set(id, visit + 1);
    if (visit === 0) chain.unshift(id);
    const run = runs.get(id);
    id = visit === 0 ? run?.parent : listAt(run, "formerParents").at(-visit);
  }
  if (chain.join(" ") === arrived.join(" ")) return;
  const said = `${chain.join(" → ")} instead of ${arrived.join(" → ")}`;
  throw new Violation("InOrder", `the parents of ${pk} are ${said}`);
}

async function assertLedger({ journal, table }: Subject): Promise<void> {
  const items = [...journal.items.values()];
  const partitions = new Set(items.flatMap(({ pk }) => (pk.startsWith("USAGE#") ? [pk] : [])));
  const entries: Item[] = [];
  for (const pk of partitions) entries.push(...(await table.query({ pk })).items);
  const billed = new Map(journal.removed);
  for (const [pk, ids] of journal.arrivals) {
    for (const id of ids) {
      const run = journal.itemAt({ pk, sk: `RUN#${id}` });
      if (run) billed.set(id, run);
    }
  }
  for (const [id, run] of billed) {
    const own = entries.filter((entry) => entry.runId === id);
    assertBilledOnce(journal, run, id, own);
  }
}

/** Each end has one entry, of its own attempt. */
function assertBilledOnce(journal: Journal, run: Item, id: string, entries: Item[]): void {
  const own = entries.filter(({ abandoned }) => abandoned !== true);
  const ends = journal.ends.get(id) ?? [];
  if (own.length !== ends.length) {
    throw new Violation("BilledOnce", `${id} ended ${ends.length}, was billed ${own.length} times`);
  }
  for (const [redrives, end] of ends.entries()) {
    const entry = own.find(({ sk }) => sk === entryKey(id, redrives));
    if (!entry) throw new Violation("BilledOnce", `end ${redrives} of ${id} was not billed`);
    assertEntry(journal, id, end, entry);
  }
  const last = ends.at(-1);
  if (last?.token !== undefined) assertAnswer(journal, run, id, last.token);
  const tokens = new Set(ends.map(({ token }) => token));
  for (const extra of entries.filter(({ abandoned }) => abandoned === true)) {
    const token = Number(extra.sk.split("#")[1]);
    if (tokens.has(token)) {
      const said = `attempt ${token} of ${id} is billed as run and as abandoned`;
      throw new Violation("BilledOnce", said);
    }
    assertPaid(journal, id, token, numberAt(extra, "inputTokens"));
  }
}

function assertEntry(journal: Journal, id: string, end: End, entry: Item): void {
  if (entry.status !== end.status) {
    const said = `the entry of ${id} says ${entry.status}, not ${end.status}`;
    throw new Violation("BilledOnce", said);
  }
  if (numberAt(entry, "inputTokens") !== end.inputTokens) {
    throw new Violation("BilledOnce", `the entry of ${id} has other tokens than its run`);
  }
  if (end.token !== undefined) assertPaid(journal, id, end.token, end.inputTokens);
}

const callsOf = (journal: Journal, id: string, token: number) =>
  journal.modelCalls.filter((call) => call.runId === id && call.token === token);

/** An entry is of one attempt: what its calls of the model said, and no other's. */
function assertPaid(journal: Journal, id: string, token: number, billed: number): void {
  const paid = callsOf(journal, id, token).reduce((sum, call) => sum + call.inputTokens, 0);
  if (billed === paid) return;
  throw new Violation("BilledOnce", `attempt ${token} of ${id} cost ${paid}, billed ${billed}`);
}

/** The answer's text is of the attempt's last call. */
function assertAnswer(journal: Journal, run: Item, id: string, token: number): void {
  const call = callsOf(journal, id, token).at(-1);
  const last = call ? journal.modelCalls.lastIndexOf(call) + 1 : 0;
  const strange = saidIn(run).filter((text, piece) => text !== textOfPiece(last, piece));
  if (strange.length === 0) return;
  const said = `${id} holds ${strange.join(" ")}, not of call ${last}`;
  throw new Violation("StreamIsTheAnswer", said);
}
