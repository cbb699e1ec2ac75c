import type { DeploymentSettings } from "@outlet/aws/deployment-settings";
import { ModelCatalog } from "@outlet/core/models/catalog";
import * as v from "valibot";
import type { AwsCall } from "../aws-call.ts";
import { type Finding, mend, ok } from "./finding.ts";

export interface Surroundings {
  call: AwsCall;
  settings: DeploymentSettings;
}

interface Check {
  what: string;
  needed: string;
  look: () => Promise<Finding>;
}

const json = <T extends v.GenericSchema>(schema: T) => v.pipe(v.string(), v.parseJson(), schema);

/** Everything that asks AWS, each by itself. All of it only reads, but for one token of each model. */
export const checksOf = (of: Surroundings): Check[] => [
  credentials(of),
  lambdaConcurrency(of),
  ceiling(of, {
    what: "REST APIs of API Gateway",
    path: "/restapis",
    limit: async () => 600,
    how: "600 is AWS's and cannot be raised: remove unused APIs, or deploy to another account or Region.",
  }),
  ceiling(of, {
    what: "usage plans of API Gateway",
    path: "/usageplans",
    limit: () => quotaOf(of, "apigateway", "L-E8693075", 300),
    how: "Raise the quota L-E8693075 (Usage plans per Region) in Service Quotas: each published bot takes one.",
  }),
  ceiling(of, {
    what: "API keys of API Gateway",
    path: "/apikeys",
    limit: async () => 10_000,
    how: "10,000 is AWS's and cannot be raised: delete unused keys, or deploy to another account or Region.",
  }),
  cloudWatchRole(of),
  signInPrefix(of),
  ...ModelCatalog.createCatalog(of.settings.models, of.settings.regionName).models.map((model) =>
    modelAccess(of, model),
  ),
];

function credentials({ call, settings }: Surroundings): Check {
  const what = "credentials and Region";
  const needed = "credentials of the account to deploy to";
  return {
    what,
    needed,
    async look() {
      const form = new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" });
      try {
        const text = await call({ service: "sts", body: form });
        const arn = /<Arn>([^<]+)/.exec(text)?.[1];
        if (!arn) throw new Error("STS named nobody");
        return ok(what, `${arn} in ${settings.regionName}`, needed);
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        const isOurs = /credential|token|expired|InvalidClientTokenId|ENOTFOUND/i.test(
          `${error instanceof Error ? error.name : ""} ${said}`,
        );
        if (!isOurs) throw error;
        return mend(what, said, needed, "Sign in: aws sso login, or set AWS_PROFILE.");
      }
    },
  };
}

async function accountId(call: AwsCall): Promise<string> {
  const form = new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" });
  const text = await call({ service: "sts", body: form });
  const id = /<Account>(\d+)/.exec(text)?.[1];
  if (!id) throw new Error("STS named no account");
  return id;
}

/** New accounts have ten, of which the worker's queue alone may take fifty. */
const concurrencyMin = 200;

function lambdaConcurrency({ call }: Surroundings): Check {
  const what = "Lambda's concurrency";
  const needed = `${concurrencyMin} executions at once`;
  const Answer = json(v.object({ AccountLimit: v.object({ ConcurrentExecutions: v.number() }) }));
  return {
    what,
    needed,
    async look() {
      const text = await call({
        service: "lambda",
        method: "GET",
        path: "/2016-08-19/account-settings/",
      });
      const { ConcurrentExecutions: found } = v.parse(Answer, text).AccountLimit;
      return found >= concurrencyMin
        ? ok(what, String(found), needed)
        : mend(
            what,
            String(found),
            needed,
            "Raise the quota L-B99A9384 (Concurrent executions) of AWS Lambda in Service Quotas; it takes hours.",
          );
    },
  };
}

const Quota = json(v.object({ Quota: v.object({ Value: v.number() }) }));

/** The account's own figure; AWS's where it was never changed and cannot be read. */
async function quotaOf(
  { call }: Surroundings,
  ServiceCode: string,
  QuotaCode: string,
  otherwise: number,
): Promise<number> {
  try {
    const target = "ServiceQuotasV20190624.GetServiceQuota";
    const body = { ServiceCode, QuotaCode };
    return v.parse(Quota, await call({ service: "servicequotas", target, body })).Quota.Value;
  } catch {
    // AWS's own figure is the least it can be.
    return otherwise;
  }
}

const Page = json(
  v.object({
    _embedded: v.optional(v.object({ item: v.optional(v.unknown()) })),
    item: v.optional(v.array(v.unknown())),
    position: v.optional(v.nullable(v.string())),
  }),
);
/** API Gateway gives 500 at most. */
const pagesMax = 25;

async function count({ call }: Surroundings, path: string): Promise<number> {
  let total = 0;
  let position: string | null | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const query = { limit: "500", ...(position && { position }) };
    const answer = v.parse(Page, await call({ service: "apigateway", method: "GET", path, query }));
    const embedded = answer._embedded?.item;
    total += answer.item?.length ?? (embedded === undefined ? 0 : [embedded].flat().length);
    ({ position } = answer);
    if (!position) break;
  }
  return total;
}

function ceiling(
  of: Surroundings,
  options: { what: string; path: string; limit: () => Promise<number>; how: string },
): Check {
  const { what, path, limit, how } = options;
  const needed = "room for the bots to be published, one each";
  return {
    what,
    needed,
    async look() {
      const [used, most] = await Promise.all([count(of, path), limit()]);
      const found = `${used} of ${most} used`;
      return used < most ? ok(what, found, needed) : mend(what, found, needed, how);
    },
  };
}

function cloudWatchRole({ call }: Surroundings): Check {
  const what = "API Gateway's role for CloudWatch Logs";
  const needed = "one for the account and Region";
  const Account = json(v.object({ cloudwatchRoleArn: v.optional(v.nullable(v.string())) }));
  return {
    what,
    needed,
    async look() {
      const text = await call({ service: "apigateway", method: "GET", path: "/account" });
      const { cloudwatchRoleArn } = v.parse(Account, text);
      return ok(what, cloudwatchRoleArn ?? "none yet: the deploy makes it", needed);
    },
  };
}

function signInPrefix({ call, settings }: Surroundings): Check {
  const what = "the sign-in page's address";
  const needed = "a prefix that nobody else has in this Region";
  const Answer = json(
    v.object({ DomainDescription: v.object({ AWSAccountId: v.optional(v.string()) }) }),
  );
  return {
    what,
    needed,
    async look() {
      const id = await accountId(call);
      const Domain = `${settings.signInPrefix}-${id}`;
      const text = await call({
        service: "cognito-idp",
        target: "AWSCognitoIdentityProviderService.DescribeUserPoolDomain",
        body: { Domain },
      });
      const owner = v.parse(Answer, text).DomainDescription.AWSAccountId;
      if (!owner) return ok(what, `${Domain}, free`, needed);
      if (owner === id) return ok(what, `${Domain}, this account's`, needed);
      return mend(what, `${Domain}, of account ${owner}`, needed, "Choose another stage name.");
    },
  };
}

const Availability = json(
  v.object({
    agreementAvailability: v.optional(v.object({ status: v.string() })),
    authorizationStatus: v.optional(v.string()),
    entitlementAvailability: v.optional(v.string()),
    regionAvailability: v.optional(v.string()),
  }),
);

function modelAccess({ call }: Surroundings, { name, modelId }: ModelCatalog.Info): Check {
  const what = `access to ${name}`;
  const needed = `one token of ${modelId}`;
  const { modelId: behind } = ModelCatalog.behindProfile(modelId);
  return {
    what,
    needed,
    async look() {
      try {
        await call({
          service: "bedrock",
          host: "bedrock-runtime",
          path: `/model/${encodeURIComponent(modelId)}/converse`,
          body: {
            messages: [{ role: "user", content: [{ text: "Hi" }] }],
            inferenceConfig: { maxTokens: 1 },
          },
          timeoutMs: 20_000,
        });
        return ok(what, "it answers", needed);
      } catch (error) {
        const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        if (/Throttling|TooManyRequests|ServiceUnavailable/.test(said))
          return ok(what, `reached, and throttled: ${said}`, needed);
        if (!/AccessDenied|ResourceNotFound|ValidationException/.test(said)) throw error;
        return mend(what, `${said}${await standing(call, behind)}`, needed, steps(behind, said));
      }
    },
  };
}

/** What Bedrock says of the account's standing with the model; nothing where it does not. */
async function standing(call: AwsCall, modelId: string): Promise<string> {
  try {
    const path = `/foundation-model-availability/${encodeURIComponent(modelId)}`;
    const found = v.parse(Availability, await call({ service: "bedrock", method: "GET", path }));
    const words = {
      agreement: found.agreementAvailability?.status,
      authorization: found.authorizationStatus,
      entitlement: found.entitlementAvailability,
      Region: found.regionAvailability,
    };
    const told = Object.entries(words).flatMap(([key, value]) => (value ? `${key} ${value}` : []));
    return told.length > 0 ? ` (${told.join(", ")})` : "";
  } catch {
    return "";
  }
}

function steps(modelId: string, said: string): string {
  if (/ResourceNotFound|ValidationException/.test(said))
    return "The Region does not have it: choose another in OUTLET_MODELS, or another OUTLET_REGION.";
  return modelId.startsWith("anthropic.")
    ? "Submit Anthropic's use-case form once, then subscribe: docs/deploy.md, Models."
    : "Allow the role aws-marketplace:Subscribe, or have an administrator call the model once: docs/deploy.md, Models.";
}
