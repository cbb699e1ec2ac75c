import { SaxesParser } from "saxes";
import { collectBody, type Http, type HttpResponse, HttpRefused } from "../../ports/index.ts";
import { gunzipSync } from "node:zlib";

/** Of a sitemap as it is sent, and as it unpacks where it is a .gz file. */
const sitemapBytesMax = 10 * 1024 * 1024;
/** Sitemaps that one of them may name. */
const sitemapsMax = 20;
const timeoutMs = 20_000;
/** Parsed at once, so that others have their turn between. */
const pieceLength = 64 * 1024;

interface Found {
  urls: string[];
  sitemaps: string[];
}

/**
 * The pages that a sitemap names, itself or through others (https://www.sitemaps.org/protocol.html):
 * those of its own host, at most `pagesMax`.
 * @throws HttpRefused where it cannot be had.
 */
export async function readSitemap(
  http: Http,
  url: string,
  pagesMax: number,
): Promise<{ urls: string[]; notes: string[] }> {
  const host = new URL(url).host;
  const urls = new Set<string>();
  const waiting = [url];
  const seen = new Set<string>();
  let left = 0;
  while (waiting.length > 0 && seen.size < sitemapsMax) {
    const next = waiting.shift() ?? "";
    if (seen.has(next)) continue;
    seen.add(next);
    const found = await readOne(http, next);
    for (const page of found.urls) {
      if (URL.parse(page)?.host !== host) continue;
      if (urls.size < pagesMax) urls.add(withoutHash(page));
      else if (!urls.has(withoutHash(page))) left++;
    }
    waiting.push(...found.sitemaps.filter((it) => URL.parse(it)?.host === host));
  }
  const notes = [
    ...(left > 0 ? [`${left} more pages are left out: ${pagesMax} are read at most.`] : []),
    ...(waiting.length > 0 ? [`Of more than ${sitemapsMax} sitemaps the rest is left out.`] : []),
  ];
  return { urls: [...urls], notes };
}

const withoutHash = (url: string): string => {
  const parsed = new URL(url);
  parsed.hash = "";
  return parsed.href;
};

async function readOne(http: Http, url: string): Promise<Found> {
  const response = await http.send({ url }, { timeoutMs, responseBytesMax: sitemapBytesMax });
  if (response.status !== 200) {
    await discard(response);
    throw new HttpRefused("invalid_response", `The sitemap ${url} answered ${response.status}.`);
  }
  const bytes = unpacked(await collectBody(response));
  const text = new TextDecoder().decode(bytes);
  return text.trimStart().startsWith("<") ? parse(text) : { urls: lines(text), sitemaps: [] };
}

async function discard({ body }: HttpResponse): Promise<void> {
  for await (const _ of body) break;
}

function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: sitemapBytesMax });
  } catch (cause) {
    throw new HttpRefused("invalid_response", "The packed sitemap is damaged or too large.", {
      cause,
    });
  }
}

const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => URL.canParse(line));

async function parse(text: string): Promise<Found> {
  const found: Found = { urls: [], sitemaps: [] };
  const parser = new SaxesParser({ xmlns: false });
  const path: string[] = [];
  let location = "";
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => {
    throw new Error("it declares entities");
  });
  parser.on("opentag", ({ name }) => {
    if (path.push(name.slice(name.indexOf(":") + 1)) > 20) throw new Error("it is nested too deep");
    location = "";
  });
  parser.on("text", (piece) => {
    if (path.at(-1) === "loc" && location.length < 4_000) location += piece;
  });
  parser.on("closetag", () => {
    const parent = path.at(-2);
    if (path.pop() !== "loc" || !URL.canParse(location.trim())) return;
    if (parent === "url") found.urls.push(location.trim());
    if (parent === "sitemap") found.sitemaps.push(location.trim());
  });
  try {
    for (let at = 0; at < text.length; at += pieceLength) {
      parser.write(text.slice(at, at + pieceLength));
      await new Promise((resolve) => setImmediate(resolve));
    }
    parser.close();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown";
    throw new HttpRefused("invalid_response", `The sitemap is not valid XML: ${reason}.`, {
      cause,
    });
  }
  return found;
}
