import * as Text from "../../foundation/text/index.ts";
import { isMembers } from "./document.ts";
import { isJson } from "./operations.ts";

/** Bytes of an answer that are read, so that a part of it can be found. */
export const answerBytesMax = 2_000_000;
/** Steps of a path through an answer. */
export const pathPattern = /^[^.\s]{1,100}(?:\.[^.\s]{1,100}){0,9}$/;

export interface Answer {
  status: number;
  contentType: string;
  body: Uint8Array;
}

/**
 * What of an answer is told to the model: text as it is, JSON without white space, and of JSON only
 * what lies at the path, whose steps are names, numbers, or `*` for each of a list.
 */
export function contentOf(answer: Answer, path: string | null): string {
  const { contentType, body } = answer;
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (body.byteLength === 0) return `[Answered ${answer.status} without a body.]`;
  if (!isText(type))
    return `[Answered with ${body.byteLength} bytes of ${Text.cut(type, 60)}, which is no text.]`;
  const text = decoded(body, contentType);
  const json = isJson(type) || type === "" || path !== null ? parsed(text) : undefined;
  if (json === undefined)
    return path === null ? text : `[Answered with no JSON, so nothing is at ${path}.]\n${text}`;
  if (path === null) return JSON.stringify(json.value);
  const found = at(json.value, path.split("."));
  return found === undefined
    ? `[There is nothing at ${path} in the answer.]`
    : JSON.stringify(found);
}

const isText = (type: string): boolean =>
  type === "" ||
  type.startsWith("text/") ||
  isJson(type) ||
  /[/+](xml|yaml|csv|javascript|x-ndjson|x-yaml|x-www-form-urlencoded)$/.test(type);

/** @returns the text, where bytes that are none are U+FFFD. */
function decoded(body: Uint8Array, contentType: string): string {
  const [, charset = "utf-8"] = /;\s*charset="?([\w-]{1,40})/i.exec(contentType) ?? [];
  try {
    return new TextDecoder(charset).decode(body);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // An encoding that nobody knows.
    return new TextDecoder().decode(body);
  }
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function at(value: unknown, [step, ...rest]: string[]): unknown {
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    if (step === "*") return value.map((one) => at(one, rest) ?? null);
    return at(value[Number(step)], rest);
  }
  return isMembers(value) && Object.hasOwn(value, step) ? at(value[step], rest) : undefined;
}
