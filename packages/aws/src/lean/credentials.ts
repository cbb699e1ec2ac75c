export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Asked before each request. */
export type CredentialSource = () => Promise<Credentials>;

/**
 * As Lambda gives them to a function, in its environment
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html); the SDK's chain, loaded
 * then, where there are none.
 */
export function createCredentialSource(env = process.env): CredentialSource {
  let chain: CredentialSource | undefined;
  return async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
    if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
      return {
        accessKeyId: AWS_ACCESS_KEY_ID,
        secretAccessKey: AWS_SECRET_ACCESS_KEY,
        ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
      };
    }
    chain ??= (await import("@aws-sdk/credential-provider-node")).defaultProvider();
    return chain();
  };
}
