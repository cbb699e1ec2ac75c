import { apiDomain, signInPrefix } from "./settings";
import { accountId, region } from "./stage";
import { payloads } from "./storage";

const signInPage = $interpolate`https://${signInPrefix}-${accountId}.auth.${region}.amazoncognito.com`;
/** Where the console's pages send requests: to itself, to sign-in, files to their bucket, and to bots. */
const reached = [
  $interpolate`https://cognito-idp.${region}.amazonaws.com`,
  signInPage,
  $interpolate`https://${payloads.name}.s3.${region}.amazonaws.com`,
  apiDomain ? `https://${apiDomain}` : $interpolate`https://*.execute-api.${region}.amazonaws.com`,
];

/**
 * Nothing but the console's own files runs or loads, and nobody frames it but itself, to renew a
 * session in a hidden frame: as the embedded runtime says it (packages/local, console-page.ts).
 */
const contentSecurityPolicy = $interpolate`${[
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join(
  "; ",
)}; connect-src 'self' ${$output(reached).apply((places) => places.join(" "))}; frame-src 'self' ${signInPage}`;

/** Of every answer of the console's address, the control API's too. */
export const responseHeaders = new aws.cloudfront.ResponseHeadersPolicy("ConsoleHeaders", {
  securityHeadersConfig: {
    contentSecurityPolicy: { contentSecurityPolicy, override: true },
    contentTypeOptions: { override: true },
    frameOptions: { frameOption: "SAMEORIGIN", override: true },
    referrerPolicy: { referrerPolicy: "no-referrer", override: true },
    strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, override: true },
  },
});
