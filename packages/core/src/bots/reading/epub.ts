import { Archive, broken, encrypted } from "./archive.ts";
import type { DocumentBuilder } from "./builder.ts";
import { decode } from "./decode.ts";
import { readHtml } from "./html.ts";
import { tidy } from "./plain.ts";
import { firstText, parseXml, resolve } from "./xml.ts";

/** An electronic book (EPUB 3.3): its chapters in reading order. */
export function readEpub(bytes: Uint8Array, builder: DocumentBuilder): void {
  const archive = new Archive(bytes);
  const protectedParts = enciphered(archive);
  const packagePart = packageOf(archive);
  builder.title(firstText(archive, packagePart, "title"));
  for (const part of chapters(archive, packagePart)) {
    if (protectedParts.has(part)) throw encrypted();
    const content = archive.bytes(part);
    if (content) readHtml(tidy(decode(content)), builder, { xml: true });
  }
}

function packageOf(archive: Archive): string {
  let path: string | undefined;
  parseXml(archive, "META-INF/container.xml", {
    open(name, attributes) {
      if (name === "rootfile") path ??= attributes.get("full-path");
    },
    close() {},
  });
  if (path === undefined || !archive.has(path)) throw broken();
  return path;
}

/** Sellers encipher books for one reader; fonts alone may be enciphered in any. */
function enciphered(archive: Archive): Set<string> {
  const parts = new Set<string>();
  parseXml(archive, "META-INF/encryption.xml", {
    open(name, attributes) {
      if (name === "CipherReference") parts.add(unescape(attributes.get("URI") ?? ""));
    },
    close() {},
  });
  return parts;
}

function chapters(archive: Archive, packagePart: string): string[] {
  const folder = packagePart.slice(0, packagePart.lastIndexOf("/") + 1);
  const parts = new Map<string, string>();
  const order: string[] = [];
  parseXml(archive, packagePart, {
    open(name, attributes) {
      const id = attributes.get("id") ?? "";
      // The table of contents says nothing that the chapters do not.
      const isContents = /(^|\s)nav(\s|$)/.test(attributes.get("properties") ?? "");
      if (name === "item" && !isContents && /html/.test(attributes.get("media-type") ?? "")) {
        parts.set(id, resolve(folder, unescape(attributes.get("href") ?? "")));
      } else if (name === "itemref") order.push(attributes.get("idref") ?? "");
    },
    close() {},
  });
  return [...new Set(order)].flatMap((id) => parts.get(id) ?? []);
}

function unescape(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    // A percent sign that is one.
    return href;
  }
}
