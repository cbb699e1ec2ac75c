/** What stands where a secret was. */
const mark = "[secret]";

/** Shorter ones would be found in every text. */
const shortest = 4;

/**
 * Takes secrets out of a text, as they are and as they were sent: a service may say again whatever it
 * was told, and neither a model nor anybody else is to read it.
 */
export function redacted(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const form of formsOf(secrets)) clean = clean.replaceAll(form, mark);
  return clean;
}

/** Longest first: one may lie within another. */
function formsOf(secrets: readonly string[]): string[] {
  const forms = secrets.flatMap((secret) => {
    const base64 = Buffer.from(secret).toString("base64");
    return [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret.toWellFormed()),
      new URLSearchParams([["", secret]]).toString().slice(1),
      base64,
      base64.replaceAll("=", ""),
      Buffer.from(secret).toString("base64url"),
    ];
  });
  return [...new Set(forms)]
    .filter((form) => form.length >= shortest)
    .toSorted((a, b) => b.length - a.length);
}
