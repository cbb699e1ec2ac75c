import {
  createCloudWatchAccessLog,
  createCloudWatchLogsClient,
} from "@outlet/aws/cloudwatch-access-log";
import { createCloudWatchClient, createCloudWatchMetrics } from "@outlet/aws/cloudwatch-metrics";
import { createGatewayQuotaCounters } from "@outlet/aws/gateway-quota-counters";
import { createControlPlaneClients } from "@outlet/aws/provisioner/control-plane-clients";
import { idsOf } from "@outlet/aws/provisioner/stack-ids";
import { stackPrefix } from "@outlet/aws/published-stack/names";
import { restingCost } from "@outlet/aws/published-stack/resting-cost";
import * as Id from "@outlet/core/foundation/id";
import * as Limits from "@outlet/core/foundation/limits";
import { systemClock, systemRandomness } from "@outlet/core/ports";
import type { ControlApiDeps } from "../control-api/deps.ts";
import { Resource } from "sst";
import { createGuardedHttp } from "../outbound/guarded-http.ts";
import { defaultPolicy } from "../policy.ts";
import { options, base, peppers, catalog, sqsClient, queue } from "./linked.ts";
import { allowedKnowledgeBases } from "./knowledge-bases.ts";
import { model } from "./model.ts";
import { objects } from "./objects.ts";
import { provisioner, templateUpgrades } from "./provisioner.ts";
import { remoteTools } from "./remote-tools.ts";
import { retriever } from "./retriever.ts";
import { secrets } from "./secrets.ts";
import { uploads } from "./uploads.ts";
import { vectors } from "./vectors.ts";

type Place = Parameters<ControlApiDeps["endpointOf"]>[0];

export function controlApiDeps() {
  const sqs = sqsClient();
  const shared = { ...base(), objects: objects() };
  const { region, cell, stage } = Resource.Installation;
  const { issuer, clientIds, jwksUri } = Resource.SignIn;
  return {
    ...shared,
    uploads: uploads(),
    http: createGuardedHttp(),
    secrets: secrets(),
    remoteTools: remoteTools(shared),
    retriever: retriever(shared),
    vectors: vectors(),
    runQueue: queue(sqs, Resource.RunQueue),
    deployQueue: queue(sqs, Resource.DeployQueue),
    syncQueue: queue(sqs, Resource.SyncQueue),
    webhookQueue: queue(sqs, Resource.WebhookQueue),
    ids: Id.createIds(systemClock),
    randomness: systemRandomness,
    catalog: catalog(),
    knowledgeBases: allowedKnowledgeBases(),
    model: model(),
    ...peppers(),
    provisioner: provisioner(shared),
    metrics: createCloudWatchMetrics({ client: createCloudWatchClient(options()), stage }),
    quotaCounters: createGatewayQuotaCounters({
      apiGateway: createControlPlaneClients(options()).apiGateway,
      clock: systemClock,
      stage,
    }),
    accessLog: createCloudWatchAccessLog({
      client: createCloudWatchLogsClient(options()),
      clock: systemClock,
    }),
    cell,
    stackPrefix: stackPrefix(stage),
    templateUpgrades: templateUpgrades(),
    limits: Limits.parse(Resource.Installation),
    // Publications of version 1 of the template do not name theirs.
    endpointOf: ({ stack, stage, endpoint }: Place) =>
      stack &&
      (endpoint ??
        `https://${idsOf(stack).restApiId}.execute-api.${region}.amazonaws.com/${stage}`),
    restingCostOf: restingCost,
    authentication: { issuer, jwksUri, clientIds: clientIds.split(",") },
    policy: defaultPolicy,
  };
}
