import * as Problem from "../../foundation/problem/index.ts";
import { endings, isRefused, type Kind, kindOfName, programs, wayOut } from "../reading/kind.ts";

/** Endings of file names that are read, as people are told them. */
export const extensions: string[] = [...endings.keys()];

const formats = new Set<Kind>(programs);

/**
 * What an upload is read as. A file without a known ending is text until it is read.
 *
 * @throws ProblemError `invalid_request` where its name says that it is of a kind not read.
 */
export function kindOf({ name, text }: { name: string; text?: string | undefined }): Kind {
  const kind = kindOfName(name) ?? "text";
  // What was typed in may be called anything.
  if (text !== undefined) return formats.has(kind) ? "text" : kind;
  if (!isRefused(name)) return kind;
  throw new Problem.ProblemError("invalid_request", {
    message: `Files of this kind cannot be read. ${wayOut(name)}. Read are: ${extensions.join(", ")}.`,
    param: "name",
  });
}

/** The name under which a source's file is read: what was typed in is no file of a program. */
export const readingName = ({ name, kind }: { name: string; kind: Kind }): string =>
  kind === "text" && (kindOfName(name) ?? "text") !== "text" ? `${name}.txt` : name;
