/**
 * What the owner of a bot sees of its runs: those that are open, from their mailboxes, and those that
 * have ended, from the log. Failed ones are its dead letters, and can be redriven.
 */
export * as Requests from "./index.ts";

import * as Conversation from "../../conversations/conversation/index.ts";
import type { Clock, ObjectStore, Table } from "../../ports/index.ts";
import * as Problem from "../../foundation/problem/index.ts";
import * as EventLog from "../../conversations/event-log/index.ts";
import * as RequestLog from "../../conversations/request-log/index.ts";
import * as Run from "../../conversations/run/index.ts";
import { type Address, PayloadMissing } from "../../conversations/run/index.ts";
import * as Text from "../../foundation/text/index.ts";

export type Entry = RequestLog.Entry;

interface Deps {
  table: Table;
  clock: Clock;
}

const openMax = 100;

/**
 * A page of runs, newest first. The first one begins with what is open, at most 100 runs, whatever
 * `limit` says; it has no pages of its own.
 */
export async function list(
  deps: Deps,
  botId: string,
  options: RequestLog.Filter & { limit: number; cursor?: string | undefined },
): Promise<{ runs: Entry[]; cursor: string | null }> {
  const { status, cursor } = options;
  const onlyOpen = status === "queued" || status === "in_progress";
  const wantsOpen = cursor === undefined && (status === undefined || onlyOpen);
  const open = wantsOpen ? (await listOpen(deps, botId)).map(RequestLog.entryOf) : [];
  const fitting = open.filter((run) => RequestLog.fits(run, options));
  if (onlyOpen) return { runs: fitting, cursor: null };
  const ended = await RequestLog.list(deps.table, botId, options);
  const seen = new Set(fitting.map((run) => run.runId));
  const rest = ended.entries.filter((entry) => !seen.has(entry.runId));
  return { runs: [...fitting, ...rest], cursor: ended.cursor };
}

/** Runs that have not ended, newest first. */
async function listOpen(deps: Deps, botId: string): Promise<Run.State[]> {
  const heads = await Conversation.Mailbox.listOpenOf(deps.table, botId);
  const newest = heads
    .flatMap((head) => head.open.map((runId) => ({ head, runId })))
    .toSorted((a, b) => (a.runId < b.runId ? 1 : -1))
    .slice(0, openMax);
  const runs = await Promise.all(
    newest.map(({ head, runId }) => Run.glimpse(deps.table, head, runId)),
  );
  return runs.filter((run) => run !== undefined);
}

export interface Detail {
  entry: Entry;
  /** Absent where what was said has been deleted. */
  run: Run.Info | undefined;
}

/** @throws ProblemError `not_found` */
export async function fromId(
  deps: Deps & { objects: ObjectStore },
  botId: string,
  runId: string,
): Promise<Detail> {
  const logged = await RequestLog.fromId(deps.table, botId, runId);
  const open = logged ? undefined : await findOpen(deps, botId, runId);
  const address: Address | undefined = logged ?? open;
  const state = address && (await Run.peek(deps.table, address, runId));
  const entry = state ? RequestLog.entryOf(state) : logged;
  if (!entry) throw notFound(runId);
  return { entry, run: state && (await load(deps, state)) };
}

/** Events of one run that are shown at once. */
const eventsMax = 2_000;

/**
 * What a run has told its readers, and when. Whoever asks while it is being answered follows it.
 * @throws ProblemError `not_found`
 */
export async function events(
  deps: Deps,
  botId: string,
  runId: string,
): ReturnType<typeof EventLog.replay> {
  const address =
    (await RequestLog.fromId(deps.table, botId, runId)) ?? (await findOpen(deps, botId, runId));
  if (!address) throw notFound(runId);
  const state = await Run.peek(deps.table, address, runId);
  if (!state) return { events: [], isMore: false };
  await Run.noteFollowed(deps, state);
  return EventLog.replay(deps.table, state, eventsMax);
}

async function load(
  deps: { objects: ObjectStore },
  state: Run.State,
): Promise<Run.Info | undefined> {
  try {
    return await Run.load(deps, state);
  } catch (error) {
    if (error instanceof PayloadMissing) return undefined;
    throw error;
  }
}

async function findOpen(deps: Deps, botId: string, runId: string): Promise<Address | undefined> {
  const heads = await Conversation.Mailbox.listOpenOf(deps.table, botId);
  return heads.find((head) => head.open.includes(runId));
}

/** Puts one failed run back into its mailbox. @throws ProblemError `not_found`, `run_not_failed` */
export async function redrive(
  deps: Conversation.RedriveDeps,
  botId: string,
  runId: string,
): Promise<Entry> {
  const entry = await RequestLog.fromId(deps.table, botId, runId);
  if (entry) return RequestLog.entryOf(await Conversation.redrive(deps, entry));
  const open = await findOpen(deps, botId, runId);
  if (!open) throw notFound(runId);
  throw new Problem.ProblemError("run_not_failed", "Only failed runs can be redriven.");
}

/**
 * Redrives what has failed, oldest first, 100 runs at most.
 * @returns the runs that wait again, and those that cannot, each with the reason.
 */
export async function redriveAll(
  deps: Conversation.RedriveDeps,
  botId: string,
): Promise<{ redriven: string[]; refused: { runId: string; code: string }[]; more: boolean }> {
  const { entries, cursor } = await RequestLog.list(deps.table, botId, {
    status: "failed",
    limit: openMax,
  });
  const redriven: string[] = [];
  const refused: { runId: string; code: string }[] = [];
  for (const entry of entries.toReversed()) {
    try {
      await Conversation.redrive(deps, entry);
      redriven.push(entry.runId);
    } catch (error) {
      if (!(error instanceof Problem.ProblemError)) throw error;
      refused.push({ runId: entry.runId, code: error.code });
    }
  }
  return { redriven, refused, more: cursor !== null };
}

const notFound = (runId: string) =>
  new Problem.ProblemError("not_found", `This bot has no run ${Text.cut(runId, 40)}.`);
