import { type Archive, encrypted } from "./archive.ts";
import { type Attributes, parseXml } from "./xml.ts";

/** Cells, rows and blanks may be said to repeat any number of times. */
const repeatMax = 50;

/**
 * OpenDocument 1.3 (https://docs.oasis-open.org/office/OpenDocument/v1.3/): what its texts, sheets and
 * slides have in common. Its parts are enciphered one by one; the manifest says so.
 * @throws Unreadable `encrypted`
 */
export function refuseEncrypted(archive: Archive): void {
  parseXml(archive, "META-INF/manifest.xml", {
    open(name) {
      if (name === "encryption-data") throw encrypted();
    },
    close() {},
  });
}

/** What is no part of the text as it stands. */
export const passedOver: ReadonlySet<string> = new Set([
  "tracked-changes",
  "annotation",
  "annotation-end",
  "note-citation",
]);

/** White space that is an element of its own; `undefined` for all others. */
export function whiteSpace(name: string, attributes: Attributes): string | undefined {
  if (name === "s") return " ".repeat(count(attributes.get("c")));
  if (name === "tab") return "\t";
  return name === "line-break" ? "\n" : undefined;
}

/** How often something repeats, as far as that is followed. */
export const count = (raw: string | undefined): number => followed(countWhole(raw));

/** How many of so many are followed. */
export const followed = (times: number): number => Math.min(times, repeatMax);

/** How often something repeats. */
export function countWhole(raw: string | undefined): number {
  const value = Number(raw ?? 1);
  return Number.isInteger(value) && value > 0 ? value : 1;
}
