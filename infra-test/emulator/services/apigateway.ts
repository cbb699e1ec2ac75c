import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetResourcesCommand,
  type PatchOperation,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateAccountCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import type { Mappings } from "../cloud.ts";
import type { Recorded } from "../../sst/graph.ts";
import { without } from "../shape.ts";

// This service's requests have Pulumi's case; only the API's id has another name.
const ofApi = ({ restApi, ...inputs }: Recorded): Recorded => ({
  ...without(inputs, "tags"),
  restApiId: restApi,
});
const replace = (values: Record<string, string | undefined>): PatchOperation[] =>
  Object.entries(values).flatMap(([path, value]) =>
    value ? [{ op: "replace" as const, path, value }] : [],
  );

export const apigateway: Mappings = {
  "aws:apigateway/restApi:RestApi": async (i, cloud, { name }) => {
    const client = cloud.client(APIGatewayClient);
    const { types, vpcEndpointIds } = i.endpointConfiguration ?? {};
    const { id } = await client.send(
      new CreateRestApiCommand({
        ...without(i, "endpointConfiguration", "tags", "body"),
        name: i.name ?? name,
        endpointConfiguration: types && { types: [types].flat(), vpcEndpointIds },
      }),
    );
    const { items } = await client.send(new GetResourcesCommand({ restApiId: id }));
    const { region, account } = cloud.target;
    return {
      id,
      rootResourceId: items?.find((r) => r.path === "/")?.id,
      arn: `arn:aws:apigateway:${region}::/restapis/${id}`,
      executionArn: `arn:aws:execute-api:${region}:${account}:${id}`,
    };
  },
  "aws:apigateway/resource:Resource": async (i, cloud) => {
    const { id } = await cloud.client(APIGatewayClient).send(new CreateResourceCommand(ofApi(i)));
    return { id };
  },
  "aws:apigateway/authorizer:Authorizer": async ({ providerArns, ...i }, cloud) => {
    const identitySource = "method.request.header.Authorization"; // the provider's default
    const { id } = await cloud
      .client(APIGatewayClient)
      .send(
        new CreateAuthorizerCommand({ identitySource, ...ofApi(i), providerARNs: providerArns }),
      );
    return { id };
  },
  "aws:apigateway/method:Method": async ({ authorization, ...i }, cloud) => {
    await cloud
      .client(APIGatewayClient)
      .send(new PutMethodCommand({ ...ofApi(i), authorizationType: authorization }));
  },
  "aws:apigateway/methodResponse:MethodResponse": async (i, cloud) => {
    await cloud.client(APIGatewayClient).send(new PutMethodResponseCommand(ofApi(i)));
  },
  "aws:apigateway/integration:Integration": async ({ timeoutMilliseconds, ...i }, cloud) => {
    await cloud
      .client(APIGatewayClient)
      .send(new PutIntegrationCommand({ ...ofApi(i), timeoutInMillis: timeoutMilliseconds }));
  },
  "aws:apigateway/integrationResponse:IntegrationResponse": async (i, cloud) => {
    await cloud.client(APIGatewayClient).send(new PutIntegrationResponseCommand(ofApi(i)));
  },
  "aws:apigateway/response:Response": async (i, cloud) => {
    await cloud.client(APIGatewayClient).send(new PutGatewayResponseCommand(without(i, "tags")));
  },
  "aws:apigateway/deployment:Deployment": async ({ restApi, description }, cloud) => {
    const { id } = await cloud
      .client(APIGatewayClient)
      .send(new CreateDeploymentCommand({ restApiId: restApi, description }));
    return { id };
  },
  "aws:apigateway/stage:Stage": async ({ restApi, deployment, accessLogSettings, ...i }, cloud) => {
    const client = cloud.client(APIGatewayClient);
    await client.send(
      new CreateStageCommand({
        ...without(i, "tags"),
        restApiId: restApi,
        deploymentId: deployment,
      }),
    );
    const { destinationArn, format } = accessLogSettings ?? {};
    const patchOperations = replace({
      "/accessLogSettings/destinationArn": destinationArn,
      "/accessLogSettings/format": format,
    });
    if (patchOperations.length)
      await client.send(
        new UpdateStageCommand({ restApiId: restApi, stageName: i.stageName, patchOperations }),
      );
    return { invokeUrl: `${cloud.target.endpoint}/_aws/execute-api/${restApi}/${i.stageName}` };
  },
  "aws:apigateway/apiKey:ApiKey": async (i, cloud, { name }) => {
    const { id, value } = await cloud
      .client(APIGatewayClient)
      .send(
        new CreateApiKeyCommand({ enabled: true, ...without(i, "tags"), name: i.name ?? name }),
      );
    return { id, value };
  },
  "aws:apigateway/usagePlan:UsagePlan": async (
    { quotaSettings, throttleSettings, ...i },
    cloud,
    { name },
  ) => {
    const request = {
      ...without(i, "tags"),
      name: i.name ?? name,
      quota: quotaSettings,
      throttle: throttleSettings,
    };
    const { id } = await cloud.client(APIGatewayClient).send(new CreateUsagePlanCommand(request));
    return { id };
  },
  "aws:apigateway/usagePlanKey:UsagePlanKey": async (i, cloud) => {
    await cloud.client(APIGatewayClient).send(new CreateUsagePlanKeyCommand(i));
  },
  "aws:apigateway/account:Account": async (i, cloud) => {
    await cloud.client(APIGatewayClient).send(
      new UpdateAccountCommand({
        patchOperations: replace({ "/cloudwatchRoleArn": i.cloudwatchRoleArn }),
      }),
    );
  },
};
