// Pulumi's inputs and AWS's requests mostly differ in the case of their keys alone.
import type { Recorded } from "../sst/graph.ts";

/** Spellings that a capital first letter doesn't give. */
const spellings: Record<string, string> = {
  arn: "ARN",
  ipSetReferenceStatement: "IPSetReferenceStatement",
  ipSetForwardedIpConfig: "IPSetForwardedIPConfig",
  forwardedIpConfig: "ForwardedIPConfig",
  cloudwatchMetricsEnabled: "CloudWatchMetricsEnabled",
  ipAddressVersion: "IPAddressVersion",
  callbackUrls: "CallbackURLs",
  logoutUrls: "LogoutURLs",
  defaultRedirectUri: "DefaultRedirectURI",
  allowedOauthFlows: "AllowedOAuthFlows",
  allowedOauthScopes: "AllowedOAuthScopes",
  allowedOauthFlowsUserPoolClient: "AllowedOAuthFlowsUserPoolClient",
  okActions: "OKActions",
  maximumEventAgeInSeconds: "MaximumEventAgeInSeconds",
};

/** Keys with a capital first letter, at every level; `keep` names maps whose keys are data. */
export function pascal(
  value: Recorded,
  options: { keep?: string[]; spell?: Record<string, string> } = {},
): Recorded {
  if (Array.isArray(value)) return value.map((item) => pascal(item, options));
  if (value === null || typeof value !== "object") return value ?? undefined;
  const spell = { ...spellings, ...options.spell };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([key, item]) => [
        spell[key] ?? key[0]!.toUpperCase() + key.slice(1),
        options.keep?.includes(key) ? item : pascal(item, options),
      ]),
  );
}

/** A list, or nothing where it is empty: AWS refuses empty lists that Pulumi passes over. */
export const some = <T>(list: T[] | null | undefined): T[] | undefined =>
  list?.length ? list : undefined;

/** A policy document as the text that AWS takes. */
export const policyText = (policy: unknown): string =>
  typeof policy === "string" ? policy : JSON.stringify(policy);

/** All but these keys, which stay unread. */
export function without(inputs: Recorded, ...keys: string[]): Recorded {
  return Object.fromEntries(
    Object.keys(inputs)
      .filter((key) => !keys.includes(key))
      .map((key) => [key, inputs[key]]),
  );
}
