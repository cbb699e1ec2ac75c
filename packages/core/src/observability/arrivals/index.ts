/**
 * Everything that reached a bot's endpoint, refused requests too: the gateway's lines, each with the
 * name of its key and, where it brought a message, with the run that this became.
 */
export * as Arrivals from "./index.ts";

import type { RequestLog } from "../../conversations/request-log/index.ts";
import * as Run from "../../conversations/run/index.ts";
import * as Text from "../../foundation/text/index.ts";
import type { AccessLine, AccessLog, AccessLogFilter, Clock, Table } from "../../ports/index.ts";
import * as Key from "../../publishing/key/index.ts";
import type { Publication } from "../../publishing/publication/index.ts";
import * as Layout from "../../store/layout/index.ts";
import * as Requests from "../requests/index.ts";

interface Deps {
  table: Table;
  clock: Clock;
  accessLog: AccessLog;
}

export interface Filter extends AccessLogFilter {
  /** Words of a message, a key's name, an id or a path, whatever their case. */
  text?: string | undefined;
}

export interface Arrival extends AccessLine {
  /** `probe`: the call by which publishing tries a new endpoint. */
  key: { label: string; isGone: boolean; isProbe: boolean } | null;
  run: Brought | null;
}

/** The run that a request brought. */
export interface Brought {
  entry: RequestLog.Entry;
  /** The beginning of its message, where that is still kept. */
  preview: string | null;
}

const previewMax = 160;
/** Lines that one page with a text looks at: what is found further back takes another page. */
const examinedMax = 400;
/** A run is put a moment before, or after, the gateway's clock has it. */
const slackMs = 10_000;
/** Runs looked up for the lines of one page. */
const runsMax = 100;

/**
 * A page of what arrived, newest first; nothing where the bot is not published.
 * @throws MalformedCursor
 */
export async function list(
  deps: Deps,
  publication: Publication.Info | undefined,
  options: Filter & { limit: number; cursor?: string | undefined },
): Promise<{ arrivals: Arrival[]; cursor: string | null }> {
  if (!publication?.stack) return { arrivals: [], cursor: null };
  const { botId, stackName, stack } = publication;
  const names = await Key.namesOf(deps.table, botId);
  const { text = "", limit, cursor: begin, ...filter } = options;
  const arrivals: Arrival[] = [];
  let examined = 0;
  let cursor: string | null | undefined = begin;
  do {
    const page = { ...filter, limit: limit - arrivals.length, cursor: cursor ?? undefined };
    const found = await deps.accessLog.list({ stackName, stack }, page);
    const told = await tell(deps, botId, names, found.lines);
    arrivals.push(...told.filter((arrival) => holds(arrival, text)));
    examined += found.lines.length;
    cursor = found.cursor;
  } while (cursor !== null && text !== "" && arrivals.length < limit && examined < examinedMax);
  return { arrivals, cursor };
}

async function tell(
  deps: Deps,
  botId: string,
  names: Awaited<ReturnType<typeof Key.namesOf>>,
  lines: AccessLine[],
): Promise<Arrival[]> {
  const brought = await broughtBy(deps, botId, lines);
  return lines.map((line) => {
    const name = line.keyId === null ? undefined : names.get(line.keyId);
    const key = name && {
      label: name.label,
      isGone: name.isGone,
      isProbe: name.purpose === "probe",
    };
    return { ...line, key: key ?? null, run: brought.get(line.requestId) ?? null };
  });
}

/** By request id. */
async function broughtBy(
  deps: Deps,
  botId: string,
  lines: AccessLine[],
): Promise<Map<string, Brought>> {
  // Whatever brings a message is a POST that was let in.
  const asking = lines.filter(({ method, refusal }) => method === "POST" && refusal === null);
  if (asking.length === 0) return new Map();
  const times = asking.map(({ at }) => at);
  const { runs } = await Requests.list(deps, botId, {
    from: Math.min(...times) - slackMs,
    to: Math.max(...asking.map(({ at, ms }) => at + (ms ?? 0))) + slackMs,
    limit: runsMax,
  });
  const wanted = new Set(asking.map(({ requestId }) => requestId));
  const found = await Promise.all(
    runs.flatMap((entry) =>
      entry.requestId !== null && wanted.has(entry.requestId)
        ? [
            previewOf(deps, entry).then(
              (preview) => [entry.requestId ?? "", { entry, preview }] as const,
            ),
          ]
        : [],
    ),
  );
  return new Map(found);
}

/** Long messages lie as objects: they are not fetched for a line of a list. */
async function previewOf(deps: Deps, entry: RequestLog.Entry): Promise<string | null> {
  const run = await Run.peek(deps.table, entry, entry.runId);
  const text = run && !Layout.isOver(deps.clock, run) ? Run.inlineText(run.question) : null;
  return text === null ? null : Text.shorten(Text.oneLine(text), previewMax);
}

function holds({ requestId, path, method, status, key, run }: Arrival, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const said = [requestId, path, method, String(status), key?.label, run?.preview, run?.entry.runId]
    .join("\n")
    .toLowerCase();
  return words.every((word) => said.includes(word));
}
