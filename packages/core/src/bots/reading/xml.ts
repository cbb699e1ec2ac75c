import { SaxesParser } from "saxes";
import { type Archive, broken } from "./archive.ts";
import { limits } from "./limits.ts";
import { Unreadable } from "../../ports/index.ts";

/** What a reader of markup is told. Names come without their prefix. */
export interface XmlHandler {
  open(name: string, attributes: Attributes): void;
  close(name: string): void;
  text?(text: string): void;
}

export class Attributes {
  readonly #all: Record<string, string>;
  constructor(all: Record<string, string>) {
    this.#all = all;
  }
  /** By its whole name or by that without a prefix. */
  get(name: string): string | undefined {
    const exact = this.#all[name];
    if (exact !== undefined || name.includes(":")) return exact;
    for (const key in this.#all) if (key.endsWith(`:${name}`)) return this.#all[key];
    return undefined;
  }
}

/**
 * Parses a part of an archive as it unpacks. Documents of a program have no DOCTYPE: one is there
 * for its entities, and refused.
 *
 * @returns whether there is such a part.
 * @throws Unreadable `broken`, `entities`, `too_deep`
 */
export function parseXml(archive: Archive, name: string, handler: XmlHandler): boolean {
  const parser = createParser(handler);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  const found = archive.read(name, (piece) => {
    decoder ??= new TextDecoder(encodingOf(piece));
    parser.write(decoder.decode(piece, { stream: true }));
  });
  if (!found) return false;
  const rest = decoder?.decode() ?? "";
  parser.write(rest).close();
  return true;
}

function createParser(handler: XmlHandler): SaxesParser {
  const parser = new SaxesParser({ xmlns: false });
  let depth = 0;
  parser.on("error", (error) => {
    throw broken(error);
  });
  parser.on("doctype", () => {
    throw new Unreadable(
      "entities",
      "It declares entities of its own, which are not read. Save it again in its own program, then upload that.",
    );
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (++depth > limits.depthMax) throw tooDeep();
    handler.open(local(name), new Attributes(attributes));
  });
  parser.on("closetag", ({ name }) => {
    depth--;
    handler.close(local(name));
  });
  const text = (piece: string) => handler.text?.(piece);
  parser.on("text", text);
  parser.on("cdata", text);
  return parser;
}

const local = (name: string): string => name.slice(name.indexOf(":") + 1);

const encodingOf = ([a, b]: Uint8Array): string =>
  a === 0xff && b === 0xfe ? "utf-16le" : a === 0xfe && b === 0xff ? "utf-16be" : "utf-8";

export const tooDeep = (): Unreadable =>
  new Unreadable(
    "too_deep",
    `It is nested more than ${limits.depthMax} levels deep. Flatten it, then upload it again.`,
  );

/** Where the relations of a part lead, by their ids (OPC, ECMA-376 part 2). */
export function relations(
  archive: Archive,
  part: string,
): Map<string, { target: string; type: string; external: boolean }> {
  const found = new Map<string, { target: string; type: string; external: boolean }>();
  const slash = part.lastIndexOf("/");
  const folder = part.slice(0, slash + 1);
  parseXml(archive, `${folder}_rels/${part.slice(slash + 1)}.rels`, {
    open(name, attributes) {
      const id = attributes.get("Id");
      const target = attributes.get("Target");
      if (name !== "Relationship" || id === undefined || target === undefined) return;
      const external = attributes.get("TargetMode") === "External";
      const type = (attributes.get("Type") ?? "").split("/").at(-1) ?? "";
      found.set(id, { target: external ? target : resolve(folder, target), type, external });
    },
    close() {},
  });
  return found;
}

/** A part's name from one relative to a folder. */
export function resolve(folder: string, target: string): string {
  const path = target.startsWith("/") ? [] : folder.split("/").filter(Boolean);
  for (const step of target.split("/")) {
    if (step === "..") path.pop();
    else if (step !== "." && step !== "") path.push(step);
  }
  return path.join("/");
}

/** The text of the first element of a name, such as a title. */
export function firstText(archive: Archive, part: string, element: string): string {
  let text = "";
  let state: "before" | "in" | "after" = "before";
  parseXml(archive, part, {
    open(name) {
      if (name === element && state === "before") state = "in";
    },
    close(name) {
      if (name === element && state === "in") state = "after";
    },
    text(piece) {
      if (state === "in" && text.length < limits.headingMax * 4) text += piece;
    },
  });
  return text;
}
