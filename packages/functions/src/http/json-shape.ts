import * as Problem from "@outlet/core/foundation/problem";

/** Members and elements in a body, at all levels together: a chat of some 8,000 messages. */
export const valuesMax = 25_000;
/** Objects and lists in one another. */
export const levelsMax = 64;

/**
 * Refuses JSON that costs more to take apart than any request is worth, before it is taken apart:
 * what is checked later has been made into objects by then, and 200,000 names take half a second.
 * One pass over the text; whether it is JSON at all is not looked at.
 * @throws ProblemError `payload_too_large`
 */
export function boundShape(json: string): void {
  let values = 0;
  let levels = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfString(json, at + 1);
    else if (code === comma) values += 1;
    else if (code === openBracket || code === openBrace) {
      values += 1;
      levels += 1;
    } else if (code === closeBracket || code === closeBrace) levels -= 1;
    else continue;
    if (values > valuesMax) throw tooLarge(`holds more than ${valuesMax} members and elements`);
    if (levels > levelsMax) throw tooLarge(`is nested deeper than ${levelsMax} levels`);
  }
}

/** Where a string ends that has begun: at its closing quote, or with the text. */
function endOfString(json: string, begin: number): number {
  for (let from = begin; ; ) {
    const end = json.indexOf('"', from);
    if (end < 0) return json.length;
    let slashes = 0;
    while (json.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return end;
    from = end + 1;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

const tooLarge = (what: string): Problem.ProblemError =>
  new Problem.ProblemError("payload_too_large", {
    message: `The JSON of the body ${what}. Send less of it at once.`,
  });
