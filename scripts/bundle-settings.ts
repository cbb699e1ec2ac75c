/**
 * What is imported only in cases that do not come up: sources of credentials that the SDK asks where
 * there are none in the environment, which Lambda always sets, and the sketches' wire format.
 */
export const unreachable = [
  "@aws-sdk/credential-provider-ini",
  "@aws-sdk/credential-provider-process",
  "@aws-sdk/credential-provider-sso",
  "@aws-sdk/credential-provider-web-identity",
  "@aws-sdk/credential-provider-http",
  "@aws-sdk/token-providers",
  "@aws-sdk/nested-clients",
  "@smithy/credential-provider-imds",
  "protobufjs/minimal",
];
