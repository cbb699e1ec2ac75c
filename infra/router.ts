import { responseHeaders } from "./response-headers";
import { domain } from "./settings";

/** One origin for the console and the control API, so that the browser needs no CORS. */
export const router = new sst.aws.Router("Router", {
  ...(domain && { domain }),
  transform: {
    cdn(args) {
      args.defaultCacheBehavior = $output(args.defaultCacheBehavior).apply((behavior) => ({
        ...behavior,
        responseHeadersPolicyId: responseHeaders.id,
      }));
    },
    cachePolicy(args) {
      // CloudFront keeps answers by path and query, and merges requests that are equal by these: one
      // caller's answer would be another's. With the token in the key, none is equal to another's
      // (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html).
      const key = args.parametersInCacheKeyAndForwardedToOrigin;
      args.parametersInCacheKeyAndForwardedToOrigin = $output(key).apply((parameters) => ({
        ...parameters,
        headersConfig: {
          headerBehavior: "whitelist",
          headers: {
            items: [...(parameters.headersConfig.headers?.items ?? []), "authorization"],
          },
        },
      }));
    },
  },
});
