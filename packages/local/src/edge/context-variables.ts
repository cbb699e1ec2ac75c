import { remembering } from "./remembering.ts";

/**
 * The `$context` of one request, under AWS's own names without the prefix: `identity.sourceIp`,
 * `error.responseType`. Gateway responses and the access log are written in their terms.
 */
export type ContextVariables = Map<string, string>;

const reference = /\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)/g;

/** Plain substitution: API Gateway runs no VTL in gateway responses and access logs. */
export function substitute(
  template: string,
  variables: ContextVariables,
  write: (value: string | undefined) => string,
): string {
  let text = "";
  // Between two names there is what stands as it is.
  let isName = false;
  for (const part of partsOf(template)) {
    text += isName ? write(variables.get(part)) : part;
    isName = !isName;
  }
  return text;
}

/** Each API has a handful of templates, and there are few different ones. */
const partsOf = remembering(200, (template): readonly string[] => template.split(reference));
