import * as Text from "../../foundation/text/index.ts";
import { isMembers, type Members } from "./document.ts";

/** A reference that leads nowhere, elsewhere or in circles. */
export class BadReference extends Error {
  override name = "BadReference";
}

/** References that lead to references: so many are followed. */
const hopsMax = 10;

/**
 * What a value refers to, where it is a Reference Object, or itself.
 * @throws BadReference
 */
export function resolved(root: Members, value: unknown): unknown {
  let found = value;
  for (let hops = 0; hops <= hopsMax; hops++) {
    const ref = refOf(found);
    if (ref === undefined) return found;
    found = at(root, ref);
  }
  throw new BadReference("It has references that lead in circles.");
}

/** The text of a Reference Object's `$ref`. */
export function refOf(value: unknown): string | undefined {
  const ref = isMembers(value) ? value["$ref"] : undefined;
  return typeof ref === "string" ? ref : undefined;
}

/** What a JSON pointer in a URL's fragment names (RFC 6901, 6). */
function at(root: Members, ref: string): unknown {
  if (!ref.startsWith("#/") && ref !== "#") {
    throw new BadReference(
      `It refers to another document (${Text.cut(ref, 80)}). Bundle the document into one file.`,
    );
  }
  let found: unknown = root;
  for (const piece of ref.slice(2).split("/")) {
    const name = unescaped(piece);
    if (Array.isArray(found)) found = found[Number(name)];
    else found = isMembers(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  if (found !== undefined) return found;
  throw new BadReference(`It refers to what is not there (${Text.cut(ref, 80)}).`);
}

function unescaped(piece: string): string {
  try {
    return decodeURIComponent(piece).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return piece;
  }
}
