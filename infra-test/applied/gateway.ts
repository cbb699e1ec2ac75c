import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  APIGatewayClient,
  GetApiKeysCommand,
  GetAuthorizersCommand,
  GetResourcesCommand,
  GetStageCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
  NotFoundException,
} from "@aws-sdk/client-api-gateway";
import type { App } from "../emulator/start.ts";
import { requestEvent } from "./events.ts";
import { invokeHttp } from "./invoke.ts";

/**
 * API Gateway's way from a request to a published bot's functions. MiniStack's own can neither
 * stream nor take the key that it counts by from an authorizer, so this walks it: by the API, stage,
 * authorizer, integration and usage plan that CloudFormation has made there.
 */
export class Gateway {
  app: App | undefined;
  readonly #server = createServer((req, res) => {
    this.#serve(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
  });

  async listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  /** Where a host name of AWS's would lead: nobody here resolves those. */
  reach = (words: string): string =>
    words.replaceAll(/https:\/\/(\w+)\.execute-api\.[\w-]+\.amazonaws\.com/g, `${this.#url}/$1`);

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (!this.app) throw new Error("There is no app behind the gateway yet");
    const [, restApiId = "", stageName = "", ...rest] = (req.url ?? "").split("/");
    const api = await find(this.app, restApiId, stageName);
    if (!api) return void res.writeHead(404).end('{"message":"Not Found"}');
    const event = requestEvent(api.botId, req.method ?? "", `/${rest.join("/")}`, {
      headers: Object.fromEntries(
        Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: (await text(req)) || null,
    });
    const said = await this.app.invoke(api.authorizerId, {
      ...event,
      type: "REQUEST",
      methodArn: `arn:aws:execute-api:us-east-1:111122223333:${restApiId}/${stageName}/GET/`,
    });
    const isAllowed = said.policyDocument.Statement[0].Effect === "Allow";
    if (!isAllowed || !(await isCounted(this.app, restApiId, said.usageIdentifierKey)))
      return void res.writeHead(403).end('{"message":"Forbidden"}');
    const answer = await invokeHttp(this.app, api.functionId, {
      ...event,
      requestContext: { ...event.requestContext, authorizer: said.context },
    });
    res.writeHead(answer.status, answer.headers).end(answer.text);
  }
}

async function find(app: App, restApiId: string, stageName: string) {
  const gateway = app.client(APIGatewayClient);
  try {
    const stage = await gateway.send(new GetStageCommand({ restApiId, stageName }));
    const authorizers = await gateway.send(new GetAuthorizersCommand({ restApiId }));
    const resources = await gateway.send(
      new GetResourcesCommand({ restApiId, embed: ["methods"], limit: 500 }),
    );
    const uris = (resources.items ?? []).flatMap(({ resourceMethods = {} }) =>
      Object.values(resourceMethods).flatMap(
        ({ methodIntegration }) => methodIntegration?.uri ?? [],
      ),
    );
    return {
      botId: stage.variables?.botId ?? "",
      authorizerId: functionIn(app, authorizers.items?.[0]?.authorizerUri),
      functionId: functionIn(
        app,
        uris.find((uri) => uri.includes(":lambda:path/")),
      ),
    };
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}

/** The id that SST gives to the function which a URI of API Gateway's names. */
function functionIn(app: App, uri = ""): string {
  const name = /:function:([^/]+)\//.exec(uri)?.[1];
  const ids = Object.keys(app.graph.data.functions);
  const id = ids.find((candidate) => app.graph.functionById(candidate).lambda.name === name);
  if (!id) throw new Error(`The app has no function for ${uri}`);
  return id;
}

/** Whether this is the value of an enabled key in the usage plan of the API. */
async function isCounted(app: App, restApiId: string, value: string): Promise<boolean> {
  const gateway = app.client(APIGatewayClient);
  const plans = await gateway.send(new GetUsagePlansCommand({ limit: 500 }));
  const plan = plans.items?.find(({ apiStages = [] }) =>
    apiStages.some(({ apiId }) => apiId === restApiId),
  );
  const inPlan = await gateway.send(
    new GetUsagePlanKeysCommand({ usagePlanId: plan?.id, limit: 500 }),
  );
  const all = await gateway.send(new GetApiKeysCommand({ includeValues: true, limit: 500 }));
  const key = all.items?.find((candidate) => candidate.value === value && candidate.enabled);
  return key !== undefined && (inPlan.items ?? []).some(({ id }) => id === key.id);
}
