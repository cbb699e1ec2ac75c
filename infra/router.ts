import { responseHeaders } from "./response-headers";
import { domain } from "./settings";

/** All that CloudFront lets one say something about. */
const errorCodes = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** One origin for the console and the control API, so that the browser needs no CORS. */
export const router = new sst.aws.Router("Router", {
  ...(domain && { domain }),
  transform: {
    cdn(args) {
      args.defaultCacheBehavior = $output(args.defaultCacheBehavior).apply((behavior) => ({
        ...behavior,
        responseHeadersPolicyId: responseHeaders.id,
      }));
      // Errors are kept for ten seconds, though the answer says no-store, unless it is said here
      // (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html).
      args.customErrorResponses = errorCodes.map((errorCode) => ({
        errorCode,
        errorCachingMinTtl: 0,
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
