import { createHash } from "node:crypto";
import type { Id } from "../../foundation/id/index.ts";
import {
  type Clock,
  collectBody,
  type FileToRead,
  type Http,
  HttpRefused,
  type Log,
  type ObjectStore,
  type Table,
  Unreadable,
} from "../../ports/index.ts";
import * as Knowledge from "../knowledge/index.ts";
import { readSitemap } from "./sitemap.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  http: Http;
  clock: Clock;
  ids: Id.Ids;
  log: Log;
}

const pageBytesMax = 20 * 1024 * 1024;
const pageTimeoutMs = 20_000;

/** Visits each of a bot's sites that is due: its pages become sources that wait to be read. */
export async function visitSites(deps: Deps, botId: string): Promise<void> {
  for (const site of await Knowledge.Site.list(deps.table, botId)) {
    if (!Knowledge.Site.isDue(site, deps.clock.now())) continue;
    const mine = await Knowledge.Site.begin(deps, site);
    if (mine) await visit(deps, mine);
  }
}

async function visit(deps: Deps, site: Knowledge.Site.Info): Promise<void> {
  try {
    const { urls, notes } =
      site.kind === "page"
        ? { urls: [site.url], notes: [] }
        : await readSitemap(deps.http, site.url, site.pagesMax);
    if (urls.length === 0) {
      const failure =
        "The sitemap names no page of its own host. Give the address of one that does.";
      return await Knowledge.Site.end(deps, site, { status: "FAILED", failure });
    }
    await Knowledge.Site.setPages(deps, site, urls);
    const pages = urls.length;
    await Knowledge.Site.end(deps, site, { status: "SUCCEEDED", failure: null, notes, pages });
  } catch (error) {
    if (!(error instanceof HttpRefused)) throw error;
    const { botId, siteId } = site;
    deps.log.warn("a site could not be visited", { botId, siteId, code: error.code });
    // What was read of it before goes on to be found.
    await Knowledge.Site.end(deps, site, { status: "FAILED", failure: error.message });
  }
}

/**
 * Fetches a page.
 * @returns `undefined` where it is as it was when it was last read.
 * @throws Unreadable `not_fetched`
 */
export async function fetchPage(
  { http, clock }: Pick<Deps, "http" | "clock">,
  { url, version, fetched, name }: Knowledge.Info,
): Promise<{ file: FileToRead; fetched: Knowledge.Fetched } | undefined> {
  const known = version === null ? null : fetched;
  const response = await requestPage(http, url ?? "", known);
  if (response.status === 304 && known) {
    for await (const _ of response.body) break;
    return undefined;
  }
  if (response.status < 200 || response.status > 299) {
    for await (const _ of response.body) break;
    throw notFetched(`The server answered ${response.status}. Open the address in a browser.`);
  }
  const bytes = await collect(response);
  const hash = createHash("sha256").update(bytes).digest("base64url");
  if (hash === known?.hash) return undefined;
  const mediaType = response.headers["content-type"];
  return {
    file: {
      bytes,
      name: pageName(response.url, name),
      url: response.url,
      ...(mediaType !== undefined && { mediaType }),
    },
    fetched: {
      hash,
      etag: validator(response.headers["etag"]),
      lastModified: validator(response.headers["last-modified"]),
      at: clock.now(),
    },
  };
}

/** What is sent back unchanged, or not at all. */
const validator = (header: string | undefined): string | null =>
  header !== undefined && header.length <= 500 ? header : null;

async function requestPage(http: Http, url: string, known: Knowledge.Fetched | null) {
  const headers: Record<string, string> = {
    accept: "text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5",
    "user-agent": "Outlet (knowledge of a bot)",
    ...(known?.etag && { "if-none-match": known.etag }),
    ...(known?.lastModified && { "if-modified-since": known.lastModified }),
  };
  try {
    return await http.send(
      { url, headers },
      { timeoutMs: pageTimeoutMs, responseBytesMax: pageBytesMax },
    );
  } catch (error) {
    if (error instanceof HttpRefused) throw notFetched(error.message, error);
    throw error;
  }
}

async function collect(response: Awaited<ReturnType<Http["send"]>>): Promise<Uint8Array> {
  try {
    return await collectBody(response);
  } catch (error) {
    if (error instanceof HttpRefused) throw notFetched(error.message, error);
    throw error;
  }
}

/** The end of its path tells what a file is; `/` and `/about` are pages. */
function pageName(url: string, fallback: string): string {
  const last = new URL(url).pathname.split("/").at(-1) ?? "";
  return /\.[a-z0-9]{2,5}$/i.test(last) ? last : `${fallback}.html`;
}

const notFetched = (what: string, cause?: unknown): Unreadable =>
  new Unreadable("not_fetched", `The page could not be fetched: ${what}`, { cause });
