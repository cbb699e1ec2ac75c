import type { Item, Table } from "@outlet/core/ports";
import type { ClientSide } from "./clients.ts";
import { canonical, isTerminal, type Journal, listAt, numberAt, Violation } from "./journal.ts";
import { saidIn, textOfPiece } from "./scripted-model.ts";

/** No run is open and nobody holds a lease. */
export function isAtRest(journal: Journal, now: number): boolean {
  for (const item of journal.items.values()) {
    if (item.sk !== "HEAD") continue;
    if (listAt(item, "open").length > 0 || numberAt(item, "leaseUntil") >= now) return false;
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
    throw new Violation("NothingLost", `${runId} was acknowledged and never arrived`);
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
}

/** The parents form one chain, from the run popped last to the first, in order of arrival. */
function assertChain(
  pk: string,
  runs: Map<string, Item>,
  arrived: string[],
  head: Item | undefined,
): void {
  const chain: string[] = [];
  let id = head?.last;
  while (typeof id === "string" && id !== "system" && chain.length <= arrived.length) {
    chain.unshift(id);
    id = runs.get(id)?.parent;
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
  for (const [pk, ids] of journal.arrivals) {
    for (const id of ids) {
      const run = journal.itemAt({ pk, sk: `RUN#${id}` });
      if (run)
        assertBilledOnce(
          journal,
          run,
          id,
          entries.filter((entry) => entry.runId === id),
        );
    }
  }
}

function assertBilledOnce(journal: Journal, run: Item, id: string, entries: Item[]): void {
  const own = entries.filter(({ abandoned }) => abandoned !== true);
  const [entry] = own;
  if (own.length !== 1 || !entry) {
    throw new Violation("BilledOnce", `${id} has ${own.length} entries of its own`);
  }
  if (entry.sk !== id || entry.status !== run.status) {
    throw new Violation("BilledOnce", `the entry of ${id} says ${entry.status}, not ${run.status}`);
  }
  const usage = tokensOf(run);
  if (numberAt(entry, "inputTokens") !== usage) {
    throw new Violation("BilledOnce", `the entry of ${id} has other tokens than its run`);
  }
  const answered = run.usage === null ? undefined : numberAt(run, "token");
  if (answered !== undefined) assertPaid(journal, run, id, answered, usage);
  for (const extra of entries.filter(({ abandoned }) => abandoned === true)) {
    const token = Number(extra.sk.split("#")[1]);
    if (token === answered) {
      throw new Violation(
        "BilledOnce",
        `attempt ${token} of ${id} is billed as run and as abandoned`,
      );
    }
    assertPaid(journal, run, id, token, numberAt(extra, "inputTokens"));
  }
}

/** An entry is of one attempt: what its calls of the model said, and no other's. */
function assertPaid(journal: Journal, run: Item, id: string, token: number, billed: number): void {
  const calls = journal.modelCalls.filter((call) => call.runId === id && call.token === token);
  const paid = calls.reduce((sum, { inputTokens }) => sum + inputTokens, 0);
  if (billed !== paid) {
    throw new Violation("BilledOnce", `attempt ${token} of ${id} cost ${paid}, billed ${billed}`);
  }
  if (token !== run.token) return;
  // The answer's text is of the attempt's last call.
  const last = journal.modelCalls.lastIndexOf(calls.at(-1) as (typeof calls)[number]) + 1;
  const strange = saidIn(run).filter((text, piece) => text !== textOfPiece(last, piece));
  if (strange.length > 0) {
    throw new Violation(
      "StreamIsTheAnswer",
      `${id} holds ${strange.join(" ")}, not of call ${last}`,
    );
  }
}

const tokensOf = (run: Item): number => {
  const { usage } = run;
  return usage && typeof usage === "object" && !Array.isArray(usage)
    ? Number(usage.inputTokens ?? 0)
    : 0;
};
