import * as v from "valibot";

/** What a webhook may be told: how a run ended, in the words of OpenAI's webhooks. */
export const kinds = [
  "response.completed",
  "response.failed",
  "response.incomplete",
  "response.cancelled",
] as const;
export const Kind = v.picklist(kinds);
export type Kind = v.InferOutput<typeof Kind>;

/** Where only one's own machine is reached, and only where its owner has let it be (`--reach`). */
const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);

function isAddress(text: string): boolean {
  const url = URL.parse(text);
  if (!url || url.hostname === "" || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

/** Whether the server behind it may be reached is found out with each delivery. */
export const Address = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(2_000),
  v.regex(/^https?:\/\/./, "must begin with https://"),
  v.check(isAddress, "must be an https:// address without a user name in it"),
);

/** The owner's webhook, as a setting of a publication. */
export const Settings = v.strictObject({
  url: Address,
  /** Which ends are told of; all where nothing is said. */
  events: v.optional(
    v.pipe(
      v.array(Kind),
      v.minLength(1, "must name at least one event; set webhook to null to end it"),
      v.maxLength(kinds.length),
    ),
    [...kinds],
  ),
});
export type Settings = v.InferOutput<typeof Settings>;
