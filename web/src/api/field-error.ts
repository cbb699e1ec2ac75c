import { ApiError } from "./api-error.ts";

/** What the API says of one field: `title`, `throttle.rateLimit`; of its members too. */
export function fieldError(error: unknown, path: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const found = error.fields.find(
    (field) =>
      field.path === path || field.path.startsWith(`${path}.`) || field.path.startsWith(`${path}[`),
  );
  return found?.message;
}
