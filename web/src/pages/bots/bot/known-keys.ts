import { createSignal } from "solid-js";

/**
 * Values of keys that were made in this console since it was loaded, by bot: in memory only, so that
 * the playground need not be told what was just shown. Gone with the page.
 */
const [known, setKnown] = createSignal<ReadonlyMap<string, string>>(new Map());

export const knownKey = (botId: string): string | undefined => known().get(botId);

export function rememberKey(botId: string, value: string | undefined): void {
  const next = new Map(known());
  if (value === undefined) next.delete(botId);
  else next.set(botId, value);
  setKnown(next);
}
