import type { Archive } from "./archive.ts";
import { parseXml } from "./xml.ts";

/** What a number in a cell means. */
export type Format = "number" | "date" | "time" | "percent";

/** Formats that are not written down in the file (ECMA-376 part 1, 18.8.30). */
function builtIn(id: number): Format {
  if ((id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) {
    return "date";
  }
  if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47)) return "time";
  return id === 9 || id === 10 ? "percent" : "number";
}

/** The formats of a workbook's styles, in the order in which cells count them. */
export function readFormats(archive: Archive): Format[] {
  const own = new Map<number, Format>();
  const formats: Format[] = [];
  let inCells = false;
  parseXml(archive, "xl/styles.xml", {
    open(name, attributes) {
      if (name === "numFmt") {
        own.set(Number(attributes.get("numFmtId")), formatOf(attributes.get("formatCode") ?? ""));
      } else if (name === "cellXfs") inCells = true;
      else if (name === "xf" && inCells) {
        const id = Number(attributes.get("numFmtId") ?? 0);
        formats.push(own.get(id) ?? builtIn(id));
      }
    },
    close(name) {
      if (name === "cellXfs") inCells = false;
    },
  });
  return formats;
}

function formatOf(code: string): Format {
  // Text in quotes, colours and escapes say nothing of the kind; formats are short.
  const bare = code
    .slice(0, 200)
    .replace(/"[^"]*(?:"|$)|\[[^\]]*(?:\]|$)|\\./g, "")
    .toLowerCase();
  if (/[yd]/.test(bare)) return "date";
  if (/[hs]/.test(bare)) return "time";
  return bare.includes("%") ? "percent" : "number";
}

const dayMs = 86_400_000;

/** A number as it looks in its cell: dates as ISO 8601, percentages as such. */
export function formatCell(raw: string, format: Format | undefined, from1904: boolean): string {
  const value = Number(raw);
  if (raw === "" || !Number.isFinite(value)) return raw;
  switch (format) {
    case "date":
      return dateOf(value, from1904) ?? raw;
    case "time":
      return new Date(Math.round((value % 1) * dayMs)).toISOString().slice(11, 19);
    case "percent":
      return `${plain(value * 100)}%`;
    default:
      return /[.eE]/.test(raw) ? plain(value) : raw;
  }
}

/** Doubles are written with 17 digits; 15 are what was typed. */
export const plain = (value: number): string => String(Number(value.toPrecision(15)));

/** Days since the end of 1899, or since 1904 where a Mac made the file. */
function dateOf(days: number, from1904: boolean): string | undefined {
  const epoch = from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30);
  const ms = epoch + Math.round((days * dayMs) / 1_000) * 1_000;
  if (days < 0 || ms > Date.UTC(9999, 11, 31)) return undefined;
  const [day = "", time = ""] = new Date(ms).toISOString().split("T");
  return days % 1 === 0 ? day : `${day} ${time.slice(0, 8)}`;
}
