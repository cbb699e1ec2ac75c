import { Archive, broken } from "./archive.ts";
import type { DocumentBuilder } from "./builder.ts";
import { TextReader } from "./odt.ts";
import { refuseEncrypted } from "./open-document.ts";
import { type Attributes, firstText, parseXml } from "./xml.ts";

/** Slides of LibreOffice and others (OpenDocument 1.3) in their order, each with its notes. */
export function readOdp(bytes: Uint8Array, builder: DocumentBuilder): void {
  const archive = new Archive(bytes);
  refuseEncrypted(archive);
  if (archive.has("meta.xml")) builder.title(firstText(archive, "meta.xml", "title"));
  const reader = new SlideReader(builder);
  if (!parseXml(archive, "content.xml", reader)) throw broken();
  builder.pages(reader.slides);
}

/** What a master fills in on every slide, and the slide's picture among its notes. */
const fillers = new Set(["date-time", "footer", "header", "page-number", "page"]);

class SlideReader extends TextReader {
  slides = 0;
  #inNotes = false;
  /** Frames lie within one another. */
  readonly #frames: { isTitle: boolean; lines: string[] }[] = [];

  override open(name: string, attributes: Attributes): void {
    super.open(name, attributes);
    if (this.isSkipping) return;
    if (name === "page") this.builder.at({ slide: ++this.slides });
    else if (name === "notes") this.#inNotes = true;
    else if (isFrame(name)) {
      const kind = attributes.get("presentation:class") ?? "";
      this.#frames.push({ isTitle: kind === "title", lines: [] });
    }
  }

  override close(name: string): void {
    const wasSkipping = this.isSkipping;
    super.close(name);
    if (wasSkipping) return;
    if (name === "notes") this.#inNotes = false;
    else if (isFrame(name)) this.#endFrame();
  }

  protected override passesOver(name: string, attributes: Attributes): boolean {
    const kind = isFrame(name) ? attributes.get("presentation:class") : undefined;
    return super.passesOver(name, attributes) || (kind !== undefined && fillers.has(kind));
  }

  protected override put(text: string, level: number | undefined): void {
    const frame = this.#frames.at(-1);
    if (frame) frame.lines.push(text);
    else super.put(text, level);
  }

  /** A slide's lines are short: the lines of one frame belong together. */
  #endFrame(): void {
    const { isTitle, lines } = this.#frames.pop() ?? { isTitle: false, lines: [] };
    if (lines.length === 0) return;
    if (this.#inNotes) this.builder.paragraph(`Notes: ${lines.join("\n")}`);
    else if (isTitle) this.builder.heading(1, lines.join(" "));
    else this.builder.paragraph(lines.join("\n"));
  }
}

/** What text stands in on a slide. */
const isFrame = (name: string): boolean => name === "frame" || name === "custom-shape";
