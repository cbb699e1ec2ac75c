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
  return template.replace(reference, (_, name: string) => write(variables.get(name)));
}
