import * as Text from "../../foundation/text/index.ts";
import { Steps } from "../run/index.ts";
import type { Answering } from "../answering/index.ts";
import { shownMax, type Told } from "./events.ts";

/** What readers are told of calls that begin, or of one that has ended; the first holds the record. */
export function toldCalls(
  event: Extract<Answering.Event, { type: "round" | "result" }>,
): [Told, ...Told[]] | [] {
  if (event.type === "result") {
    const { callId, name, outcome, content, ms } = event.result;
    const output = Text.shorten(content, shownMax);
    const record: Steps.Record = { type: "result", ...event.result };
    return [{ kind: "tool", callId, name, status: outcome, output, ms, record }];
  }
  const [first, ...rest] = Steps.callsOf(event.round).map(({ callId, name, input }) => ({
    kind: "tool" as const,
    callId,
    name,
    status: "running" as const,
    input: Text.shorten(JSON.stringify(input), shownMax),
  }));
  return first ? [{ ...first, record: { type: "round", ...event.round } }, ...rest] : [];
}
