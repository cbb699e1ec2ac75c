import { Problem } from "@outlet/core/foundation/problem";
import { codeBlock, renderMarkdown, type Resolve, wide } from "./markdown.ts";
import { type DocsPage, escapeHtml, urlOf } from "./page.ts";

const group = "Watch it";

interface Row {
  status: string;
  meaning: string;
  remedy: string;
}

/** Rows of the table in `docs/errors.md`; a test holds them to the list of codes. */
function readRows(markdown: string): Map<string, Row> {
  const rows = markdown.matchAll(/^\| `([a-z_]+)` \| (.*?) \| (.*) \| (.*?) \|$/gm);
  return new Map(
    [...rows].map(([, code = "", status = "", meaning = "", remedy = ""]) => [
      code,
      { status, meaning, remedy },
    ]),
  );
}

const errorSlug = (code: string): string => `errors/${code}`;

const runErrors: string[] = Object.entries(Problem.codes).flatMap(([code, { type }]) =>
  type === "run_error" ? [code] : [],
);

/**
 * A page for each code of the closed list: what it means, what to do, how it looks.
 * @throws Error where `docs/errors.md` says nothing of a code.
 */
export function errorPages(errorsMarkdown: string, resolve: Resolve): DocsPage[] {
  const rows = readRows(errorsMarkdown);
  return Object.keys(Problem.codes).map((name) => {
    const code = name as Problem.Code;
    const row = rows.get(code);
    if (!row) throw new Error(`docs/errors.md says nothing of ${code}.`);
    const markdown = describe(code, row);
    const rendered = renderMarkdown(markdown, resolve);
    return {
      ...rendered,
      slug: errorSlug(code),
      group,
      summary: row.meaning,
      markdown,
      hidden: true,
      html: rendered.html + codeBlock(example(code), "json"),
    };
  });
}

function describe(code: Problem.Code, { status, meaning, remedy }: Row): string {
  const { title, type } = Problem.codes[code];
  const where = runErrors.includes(code)
    ? "\nIt is how a run ended. With `Prefer: wait` the request itself is still 200, and `error` of the answer holds the code; read later, the message is answered with this status.\n"
    : "";
  const wrong = status.startsWith("422")
    ? "\nOn `/v1` and `/mcp` of a published bot the status is 400: some clients repeat a 422, and none a 400.\n"
    : "";
  return `# ${code}

**${status}** · ${title} · \`error.type\` is \`${type}\`

## What it means

${meaning}.
${where}${wrong}
## What to do

${remedy === "–" ? "Nothing: it says how things stand" : remedy}.

Whoever has to ask somebody gives the request id: it is \`requestId\` of the body, the header \`x-request-id\`, and stands in the console under Requests.

## How it looks
`;
}

const example = (code: Problem.Code): string => {
  const problem = new Problem.ProblemError(code, "What is wrong with this very request.");
  return JSON.stringify(Problem.toDocument(problem, "/conversation", "1f0d…"), null, 2);
};

/** The codes by status, for whoever has nothing but a number. */
export function statusIndex(): string {
  const byStatus = Map.groupBy(Object.entries(Problem.codes), ([, { status }]) => status);
  const rows = [...byStatus]
    .toSorted(([a], [b]) => a - b)
    .map(([status, entries]) => {
      const links = entries.map(
        ([code]) => `<a href="${urlOf(errorSlug(code))}"><code>${escapeHtml(code)}</code></a>`,
      );
      return `<tr><td>${status}</td><td>${links.join(" ")}</td></tr>`;
    });
  const head = "<thead><tr><th>Status</th><th>Codes</th></tr></thead>";
  return wide(`<table>${head}<tbody>${rows.join("")}</tbody></table>`, "Codes by status");
}

/** In a page's HTML, each code that stands alone becomes a way to its page. */
export const linkCodes = (html: string): string =>
  html.replace(/(?<!<a [^>]*>)<code>([a-z_]+)<\/code>(?!<\/a>)/g, (whole, code: string) =>
    Object.hasOwn(Problem.codes, code) ? `<a href="${urlOf(errorSlug(code))}">${whole}</a>` : whole,
  );
