import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import type { Documents } from "./collect.ts";

/** What each piece was when somebody last meant to change it. */
export type Digest = Record<string, string>;

const file = new URL("digest.json", import.meta.url);

export const readDigest = async (): Promise<Digest> =>
  JSON.parse(await readFile(file, "utf8")) as Digest;

export const writeDigest = (digest: Digest): Promise<void> =>
  writeFile(file, `${JSON.stringify(digest, null, 2)}\n`);

/**
 * A few characters for each piece, so that a change shows which route or stack it is of. Routes of
 * documents and of problems are pieces of their own; all else is one.
 */
export function digestOf(documents: Documents): Digest {
  const pieces = Object.entries(documents).flatMap(([name, document]) =>
    Object.entries(piecesOf(name, document as Record<string, unknown>)).map(
      ([piece, value]): [string, string] => [`${name}${piece && ` ${piece}`}`, hash(value)],
    ),
  );
  return Object.fromEntries(pieces.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function piecesOf(name: string, document: Record<string, unknown>): Record<string, unknown> {
  if (name.endsWith(".openapi")) {
    const { paths, ...rest } = document;
    return { "": rest, ...(paths as Record<string, unknown>) };
  }
  if (!name.endsWith(".problems")) return { "": document };
  const routes: Record<string, Record<string, unknown>> = {};
  for (const [request, answer] of Object.entries(document)) {
    const route = request.split(/ · |\?/)[0] ?? "";
    (routes[route.slice(0, 100)] ??= {})[request] = answer;
  }
  return routes;
}

const hash = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
