import type { Item, Key } from "@outlet/core/ports";
import { isTerminal, isTombstone, numberAt } from "./item-fields.ts";
import { Violation } from "./violation.ts";

/** Slots of one event log, in order. */
type Slots = Map<number, Item>;

interface Told {
  kind: string;
  text?: string;
}

/**
 * Every event log as it was really written, held against `docs/run-protocol/EventLog.tla`: slots are
 * written once, in order and without a gap, and after a run's end only what comes of a redrive.
 */
export function createEventLogs() {
  const logs = new Map<string, Slots>();

  function hold(key: Key, before: Item | undefined, after: Item | undefined): void {
    const slots = logs.get(key.pk) ?? new Map<number, Item>();
    logs.set(key.pk, slots);
    const seq = Number(key.sk);
    if (!after) throw new Violation("NoGap", `event ${seq} of ${key.pk} was removed`);
    if (before && !isTombstone(after)) assertUnchanged(key, before, after);
    if (!before) assertItsTurn(key, slots, seq, after);
    slots.set(seq, after);
  }

  function assertUnchanged({ pk, sk }: Key, before: Item, after: Item): void {
    if (before.told === after.told && before.token === after.token) return;
    throw new Violation("OneText", `event ${Number(sk)} of ${pk} was written over`);
  }

  function assertItsTurn({ pk }: Key, slots: Slots, seq: number, after: Item): void {
    const [lastSeq = 0, last] = [...slots].at(-1) ?? [];
    if (last && isTombstone(last)) {
      throw new Violation("Forgotten", `event ${seq} of ${pk} came after the deletion`);
    }
    const next = last ? lastSeq + toldIn(last).length : 0;
    if (seq !== next) throw new Violation("NoGap", `event ${seq} of ${pk} instead of ${next}`);
    if (!last || isTombstone(after)) return;
    if (numberAt(after, "token") < numberAt(last, "token")) {
      throw new Violation("TokensGrow", `event ${seq} of ${pk} is of an older attempt`);
    }
    const hasEnded = toldIn(last).at(-1)?.kind === "end";
    if (hasEnded && numberAt(after, "turn") <= numberAt(last, "turn")) {
      throw new Violation("EndIsTheEnd", `event ${seq} of ${pk} came after the end`);
    }
  }

  return {
    hold,
    /** What a reader joins of a run's log, and whether that says how the run ended. */
    read(pk: string, redrives: number): { text: string; isClosed: boolean } {
      let text = "";
      let isClosed = false;
      for (const entry of logs.get(pk)?.values() ?? []) {
        for (const told of toldIn(entry)) {
          if (told.kind === "attempt") text = "";
          if (told.kind === "text") text += told.text;
          if (told.kind === "end") isClosed = numberAt(entry, "turn") === redrives;
        }
      }
      return { text, isClosed };
    },
    /** Whether anything that was said can still be read. */
    holdsText: (pk: string): boolean =>
      [...(logs.get(pk)?.values() ?? [])].some((entry) => !isTombstone(entry)),
  };
}

const toldIn = (entry: Item): Told[] =>
  typeof entry.told === "string" ? (JSON.parse(entry.told) as Told[]) : [];

/** The partition of a run's log, of the run's own key. */
export const logOf = ({ pk, sk }: Key): string =>
  `EVENTS#${pk.slice("CONV#".length)}#${sk.slice("RUN#".length)}`;

/** The text of the answer that a run's item holds; nothing where no attempt ended it. */
export function answerIn(run: Item): string | undefined {
  if (!isTerminal(run)) return undefined;
  if (run.usage === null || run.usage === undefined) return "";
  const { reply } = run;
  if (!reply || typeof reply !== "object" || Array.isArray(reply)) return "";
  if (typeof reply.json !== "string") return undefined;
  const { answer } = JSON.parse(reply.json) as { answer: { contentType: string; body?: string }[] };
  return answer.map((part) => (part.contentType === "text" ? part.body : "")).join("");
}
