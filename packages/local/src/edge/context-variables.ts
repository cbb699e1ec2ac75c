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

/** Of templates seen before; each API has a handful, and there are few different ones. */
const parts = new Map<string, readonly string[]>();

function partsOf(template: string): readonly string[] {
  const known = parts.get(template);
  if (known) return known;
  if (parts.size >= templatesMax) parts.clear();
  const split = template.split(reference);
  parts.set(template, split);
  return split;
}

const templatesMax = 200;
