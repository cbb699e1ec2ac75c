import * as v from "valibot";
import * as Problem from "../../foundation/problem/index.ts";
import * as Text from "../../foundation/text/index.ts";
import { type Clock, equals, type ObjectStore, type Table } from "../../ports/index.ts";
import * as Layout from "../../store/layout/index.ts";
import { type Info, shape, toItem } from "./info.ts";
import { kindOf } from "./kind-of.ts";
import { uploadPath } from "./uploads.ts";

/** Another text in place of the one there is; the name stays where none is given. */
export const Edit = v.strictObject({
  name: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200))),
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000_000)),
});

/** What can be written in a console; more is better kept in a file. */
const bytesMax = 1_000_000;

/**
 * A source with its text as it was uploaded.
 * @throws ProblemError `not_found`; `invalid_request` where it is no text that can be edited.
 */
export async function readText(
  { table, objects }: { table: Table; objects: ObjectStore },
  botId: string,
  sourceId: string,
): Promise<{ source: Info; text: string }> {
  const item = await table.get(Layout.source(botId, sourceId));
  if (!item) {
    throw new Problem.ProblemError("not_found", `The bot has no source ${Text.cut(sourceId, 40)}.`);
  }
  const source = shape.read(table, item);
  const bytes =
    source.bytes > bytesMax ? undefined : await objects.get(uploadPath(botId, sourceId));
  const text = bytes && decoded(bytes);
  if (text !== undefined) return { source, text };
  throw new Problem.ProblemError("invalid_request", {
    message: `Only text in UTF-8 of at most ${bytesMax} bytes can be edited. Upload the file anew.`,
    param: "sourceId",
  });
}

/** @throws ProblemError `not_found`, `invalid_request`; `conflict` while it is being read. */
export async function putText(
  deps: { table: Table; objects: ObjectStore; clock: Clock },
  botId: string,
  sourceId: string,
  { name, text }: v.InferOutput<typeof Edit>,
): Promise<Info> {
  const { source } = await readText(deps, botId, sourceId);
  const busy = new Problem.ProblemError("conflict", "The source is being read. Try again then.");
  if (source.status === "RUNNING") throw busy;
  const upload = Buffer.from(text);
  const input = { name: name ?? source.name, text };
  const changed: Info = {
    ...source,
    name: input.name,
    kind: kindOf(input),
    bytes: upload.byteLength,
    status: "QUEUED",
    failure: null,
    failureCode: null,
    attempts: 0,
    statusAt: deps.clock.now(),
  };
  // The text first: who reads the source as soon as it is queued has to find the new one.
  await deps.objects.put(uploadPath(botId, sourceId), upload, "application/octet-stream");
  if (!(await deps.table.put(toItem(changed), equals("status", source.status)))) throw busy;
  return changed;
}

/** Bytes of a program's own, or of another encoding, would not come back as they were. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
