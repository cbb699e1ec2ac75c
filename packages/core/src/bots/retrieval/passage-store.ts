import type { ObjectStore, Passage } from "../../ports/index.ts";
import { encodePassages } from "./passage-records.ts";

/** Passages of one bot at most, of all its sources. */
export const passagesMax = 200_000;

/** Where the passages of a source lie. Each reading of it has a version, and an object, of its own. */
export const passagesPath = (botId: string, { sourceId, version }: Version): string =>
  `knowledge/${botId}/${sourceId}/passages/${version}`;

interface Version {
  sourceId: string;
  version: string;
}

/** @returns how many there are. */
export async function storePassages(
  objects: ObjectStore,
  botId: string,
  version: Version,
  passages: Iterable<Passage>,
): Promise<number> {
  const { bytes, count } = encodePassages(passages);
  await objects.put(passagesPath(botId, version), bytes, "application/jsonl");
  return count;
}

export const removePassages = (
  objects: ObjectStore,
  botId: string,
  version: Version,
): Promise<void> => objects.remove(passagesPath(botId, version));
