import { fold, hasEveryWord } from "../list/words.ts";
import type { copy } from "./copy.ts";

export interface Command {
  id: string;
  kind: keyof typeof copy.groups;
  label: string;
  run: () => void;
}

/** More than anybody looks through: who wants others types on. */
const shownMax = 50;

/** Those whose names have every word that was typed; what begins with the first comes first. */
export function matching(commands: readonly Command[], typed: string): Command[] {
  const [first = ""] = fold(typed).trim().split(/\s+/);
  const found = commands.filter(({ label }) => hasEveryWord(label, typed));
  const begins = ({ label }: Command) => fold(label).startsWith(first);
  const others = found.filter((one) => !begins(one));
  return found.filter(begins).concat(others).slice(0, shownMax);
}
