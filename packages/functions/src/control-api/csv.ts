import { stringify } from "csv-stringify/sync";
import type { Context, MiddlewareHandler } from "hono";
import * as v from "valibot";

type Cell = string | number | null;
export type Row = Record<string, Cell>;

/** `?format=csv`, for those who cannot set an Accept header: links. */
export const Format = {
  format: v.optional(v.picklist(["json", "csv"])),
  /** A byte order mark, by which Excel knows UTF-8. */
  bom: v.optional(v.picklist(["true", "false"])),
  /** Spreadsheets where a comma is in numbers want a semicolon between cells. */
  delimiter: v.optional(v.picklist([",", ";", "\t"])),
};

/**
 * Answers with a table where the caller asks for one, by `?format=csv` or `Accept: text/csv`. The
 * handler answers JSON all the same: its type is what Hono's client sees.
 * @param rowsOf the rows of what the handler answered.
 */
export function csv(
  name: string,
  columns: readonly string[],
  rowsOf: (view: never) => Row[],
): MiddlewareHandler {
  return async function answerCsv(c, next) {
    await next();
    if (!wantsCsv(c) || c.res.status !== 200) return;
    // What the handler behind this has just put there.
    const view: unknown = await c.res.json();
    const text = stringify(rowsOf(view as never), {
      header: true,
      columns: [...columns],
      // Titles and names are people's: a spreadsheet must not run them as formulas.
      escape_formulas: true,
      record_delimiter: "\r\n",
      // Every cell, whole: what separates cells in any locale, or lines anywhere, tears none apart.
      quoted: true,
      quoted_empty: true,
      bom: c.req.query("bom") === "true",
      delimiter: c.req.query("delimiter") ?? ",",
    });
    c.res = new Response(text, {
      headers: {
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Content-Disposition": `attachment; filename="${name}.csv"`,
        ...linkToNext(c, view),
      },
    });
  };
}

/** A table has no place for a cursor: where there is one, a link to the next page (RFC 8288). */
function linkToNext(c: Context, view: unknown): { Link?: string } {
  const cursor = typeof view === "object" && view !== null && Reflect.get(view, "cursor");
  if (typeof cursor !== "string") return {};
  const url = new URL(c.req.url);
  url.searchParams.set("cursor", cursor);
  return { Link: `<${url.pathname}${url.search}>; rel="next"` };
}

function wantsCsv(c: Context): boolean {
  const format = c.req.query("format");
  if (format !== undefined) return format === "csv";
  return /^\s*text\/csv\b/i.test(c.req.header("accept") ?? "");
}
