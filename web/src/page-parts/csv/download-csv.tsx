import { createSignal } from "solid-js";
import { authorizedFetch, requireGood } from "~/api/client.ts";
import { apiOrigin } from "~/session/session.ts";
import { announce } from "~/ui/announcer.tsx";
import { Button } from "~/ui/button.tsx";
import { Icon } from "~/ui/icon.tsx";
import { copy } from "./copy.ts";

interface Props {
  /** Of the route that answers with a table: `/api/…`. */
  path: string;
  query: () => Record<string, string | undefined>;
  /** Without its ending. */
  fileName: string;
  /** What is in it, where a page has several. */
  label?: string;
}

/** Enough for any spreadsheet; who needs more asks the API itself, page by page. */
const pagesMax = 100;

/** A link could not bring the token: the browser reads the pages and hands them over as one file. */
export function DownloadCsv(props: Props) {
  const [busy, setBusy] = createSignal(false);
  const download = async () => {
    setBusy(true);
    try {
      const { text, complete } = await readPages(props.path, props.query());
      save(`${props.fileName}.csv`, text);
      if (complete) announce(copy.done);
      else announce(copy.partial, "bad");
    } catch (error) {
      announce(copy.failed(error instanceof Error ? error.message : String(error)), "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="small" busy={busy()} onClick={() => void download()}>
      <Icon name="file" />
      {props.label ?? copy.download}
    </Button>
  );
}

async function readPages(
  path: string,
  query: Record<string, string | undefined>,
): Promise<{ text: string; complete: boolean }> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const search = new URLSearchParams([
    ...(given as [string, string][]),
    ["format", "csv"],
    ["delimiter", delimiter()],
  ]);
  let next: string | undefined = `${path}?${search}`;
  // The mark by which Excel knows UTF-8: once, though the pages are several.
  let text = "\uFEFF";
  for (let page = 0; page < pagesMax && next; page++) {
    const response: Response = await authorizedFetch(apiOrigin + next);
    await requireGood(response);
    const part = await response.text();
    text += page === 0 ? part : withoutHeader(part);
    next = /^<(.+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
  }
  return { text, complete: next === undefined };
}

/** A spreadsheet whose language writes a comma in numbers expects a semicolon between cells. */
function delimiter(): string {
  const parts = new Intl.NumberFormat(navigator.language).formatToParts(1.5);
  return parts.some(({ type, value }) => type === "decimal" && value === ",") ? ";" : ",";
}

/** Names of columns have no line breaks: the first one ends them. */
const withoutHeader = (csv: string) => csv.slice(csv.indexOf("\n") + 1);

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
