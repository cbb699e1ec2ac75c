import type { Answering } from "../answering/index.ts";
import type { Told } from "./events.ts";

/** What an attempt has said and not written yet, and what it has said since it last began anew. */
export function createBuffer() {
  let events: Told[] = [];
  /** Whether something of this try has left the buffer: then readers have to be told to forget it. */
  let hasLeft = false;
  const said = { text: "", reasoning: "" };

  const push = (told: Told): void => {
    const last = events.at(-1);
    if (told.kind === "text" && last?.kind === "text") last.text += told.text;
    else if (told.kind === "reasoning" && last?.kind === "reasoning") last.text += told.text;
    else events.push({ ...told });
  };

  const say = (kind: "text" | "reasoning", text: string): void => {
    if (text === "") return;
    said[kind] += text;
    push({ kind, text });
  };

  const restart = (attempt: Told): void => {
    const isOwed = hasLeft || events.some(({ kind }) => kind === "attempt");
    const calls = events.filter(({ kind }) => kind === "tool");
    events = isOwed ? [attempt] : [];
    // What was called is not taken back.
    events.unshift(...calls);
    hasLeft = false;
    said.text = "";
    said.reasoning = "";
  };

  const sizeOf = (told: Told): number => ("text" in told ? told.text.length : 1);

  /** As many events as fit, the last of them cut. @param isLast nothing is held back. */
  function take(sizeMax: number, isLast: boolean): Told[] {
    const taken: Told[] = [];
    let room = sizeMax;
    while (room > 0 && events[0]) {
      const [first] = events;
      // A record may be large, and an item holds only so much: it begins an entry of its own.
      if (isRecord(first) && taken.length > 0) break;
      if (!("text" in first) || first.text.length <= room) {
        taken.push(first);
        events.shift();
        room -= sizeOf(first);
        continue;
      }
      const length = isHigh(first.text.charCodeAt(room - 1)) ? room - 1 : room;
      if (length > 0) taken.push({ ...first, text: first.text.slice(0, length) });
      first.text = first.text.slice(length);
      break;
    }
    if (!isLast) holdBack(taken);
    if (taken.some(({ kind }) => kind !== "attempt")) hasLeft = true;
    return taken;
  }

  /** Half a character waits for its other half: many a client cannot put them together. */
  function holdBack(taken: Told[]): void {
    const last = taken.at(-1);
    if (!last || !("text" in last) || !isHigh(last.text.charCodeAt(last.text.length - 1))) return;
    const half = last.text.slice(-1);
    last.text = last.text.slice(0, -1);
    if (last.text === "") taken.pop();
    events.unshift({ kind: last.kind, text: half });
  }

  return {
    get isEmpty(): boolean {
      return events.length === 0;
    },
    /** In UTF-16 units, of what can be written now. */
    get size(): number {
      const all = events.reduce((sum, told) => sum + sizeOf(told), 0);
      const [only] = events;
      const isHalf = all === 1 && only && "text" in only && isHigh(only.text.charCodeAt(0));
      return isHalf ? 0 : all;
    },
    hear(event: Answering.Event, attempt: Told): void {
      if (event.type === "text" || event.type === "reasoning") say(event.type, event.text);
      else if (event.type === "restart") restart(attempt);
    },
    /** Stands behind what has been said so far, and is not taken back where the model begins anew. */
    tell(told: readonly Told[]): void {
      for (const one of told) push(one);
    },
    /** Says anew what is the answer, where that is not what has been said. */
    agree(answer: { text: string; reasoning: string }, attempt: Told): void {
      if (answer.text === said.text && answer.reasoning === said.reasoning) return;
      restart(attempt);
      say("reasoning", answer.reasoning);
      say("text", answer.text);
    },
    take: (sizeMax: number) => take(sizeMax, false),
    /** The same, and half a character with it. */
    takeLast: (sizeMax: number) => take(sizeMax, true),
    clear(): void {
      events = [];
    },
  };
}

const isRecord = (told: Told): boolean => told.kind === "tool" && told.record !== undefined;

/** Of a surrogate pair. */
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
