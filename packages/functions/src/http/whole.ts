import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** Of answers that are there as a whole, what they say. */
const texts = new WeakMap<Response, string>();

/**
 * An answer whose body is there at once. Whoever hands it on need not read it as a stream, which
 * costs more than making it.
 */
export function respondWhole(
  c: Context,
  text: string,
  contentType: string,
  status: ContentfulStatusCode = 200,
): Response {
  const response = c.body(text, status, { "Content-Type": contentType });
  texts.set(response, text);
  return response;
}

/** `c.json`, for what is answered all the time. */
export const respondJson = (c: Context, value: object, status?: ContentfulStatusCode): Response =>
  respondWhole(c, JSON.stringify(value), "application/json", status);

/** The whole body; nothing where it comes as a stream, or somebody has made another answer of it. */
export const wholeText = (response: Response): string | undefined => texts.get(response);
