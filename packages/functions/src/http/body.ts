import * as Problem from "@outlet/core/foundation/problem";
import type { MiddlewareHandler } from "hono";
import { EventRequest } from "./event-request.ts";
import { boundShape } from "./json-shape.ts";

/**
 * Reads a body once, as what it says it is, before any route does: text in UTF-8, as JSON is
 * (RFC 8259 §8.1). What would be stored as something else than was sent is refused here, with what
 * to do about it, and so is what is wider or deeper than {@link boundShape} lets through; halves of
 * surrogate pairs, which no text can hold, become U+FFFD.
 */
export function readableBody(): MiddlewareHandler {
  return async function readBody(c, next) {
    const isBodiless = c.req.method === "GET" || c.req.method === "HEAD";
    if (!isBodiless && hasBody(c.req.raw)) {
      refuseEncoding(c.req.header("content-encoding"));
      refuseCharset(c.req.header("content-type"));
      const text = decode(await c.req.arrayBuffer());
      boundShape(text);
      // Whoever asks for the body from here on is given this text.
      // Hono keeps promises there, and says otherwise.
      c.req.bodyCache = { text: Promise.resolve(mendSurrogates(text)) as unknown as string };
    }
    await next();
  };
}

/** Of what is there as a whole no stream is made to find out. */
const hasBody = (request: Request): boolean =>
  request instanceof EventRequest ? request.hasBody : request.body !== null;

function refuseEncoding(encoding: string | undefined): void {
  const name = (encoding ?? "").trim().toLowerCase();
  if (name === "" || name === "identity") return;
  throw new Problem.ProblemError("unsupported_media_type", {
    message: "Send the body as it is, without Content-Encoding: compressed bodies are not read.",
    param: "content-encoding",
  });
}

/** Under these names a body of UTF-8 is what it seems. */
const utf8Names = ["utf-8", "utf8", "us-ascii", "ascii"];

function refuseCharset(type: string | undefined): void {
  const [, quoted, bare] = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]*))/i.exec(type ?? "") ?? [];
  const name = (quoted ?? bare ?? "").trim().toLowerCase();
  if (name === "" || utf8Names.includes(name)) return;
  throw new Problem.ProblemError("unsupported_media_type", {
    message: "Send the body in UTF-8, and leave charset away or say charset=utf-8.",
    param: "content-type",
  });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: ArrayBuffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    const message = "The body is not valid UTF-8. Encode it as UTF-8, or write \\u escapes.";
    throw new Problem.ProblemError("invalid_json", { message }, { cause });
  }
}

const escapes =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\[^]/g;

/** In JSON a lone half can only be written as an escape: UTF-8 has no bytes for it. */
const mendSurrogates = (json: string): string =>
  json.replace(escapes, (escape, lone: string | undefined) =>
    lone === undefined ? escape : "\\ufffd",
  );
