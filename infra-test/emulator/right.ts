/** What a request asks IAM for. */
export interface Right {
  action: string;
  resource: string;
  /** Condition keys of the request. */
  context?: Record<string, string>;
}

/** Whether a resource is one of a policy's pattern: `*` is any text, `?` one character. */
export const fnmatch = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  ).test(value);
