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
  for (const [index, part] of partsOf(template).entries()) {
    text += index % 2 === 0 ? part : write(variables.get(part));
  }
  return text;
}

/** Each API has a handful of templates, and there are few different ones. */
const partsOf = remembering(200, (template): readonly string[] => template.split(reference));
