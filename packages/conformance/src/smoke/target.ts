import type { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import type { AwsCall } from "../aws-call.ts";

export interface Answer {
  status: number;
  /** Names in small letters. */
  headers: Readonly<Record<string, string>>;
  text: string;
}

export interface Streamed extends Answer {
  /** Milliseconds to the first piece of the body; absent where it came in one piece. */
  firstMs?: number;
}

/** What is asked of AWS itself, where there is one. */
export interface AwsView {
  apiGateway: APIGatewayClient;
  cloudFormation: CloudFormationClient;
  call: AwsCall;
  stage: string;
}

/** A deployment, wherever it runs. */
export interface Target {
  /** What is looked at, for the evidence. */
  name: string;
  /** The control API by the console's address. @param token none where empty. */
  control: (token: string, method: string, path: string, body?: unknown) => Promise<Answer>;
  /** The same, as its body comes. */
  stream(token: string, path: string, body: unknown): Promise<Streamed>;
  /** A published endpoint. */
  client: (url: string, request?: ClientRequest) => Promise<Answer>;
  /** An access token of a user in these groups; the user may be made for it. */
  tokenOf(groups: readonly string[]): Promise<string>;
  /** The line of the access log that names a request, where one can be looked for. */
  accessLine?: (
    place: { restApiId: string; stackName: string },
    requestId: string,
  ) => Promise<string>;
  aws?: AwsView;
  /** Rows that cannot be judged there, by id, with the reason. */
  cannot: Readonly<Record<string, string>>;
  /** How long things may take there, milliseconds: everything is quicker without AWS. */
  patienceMs: { publish: number; key: number; limits: number; metrics: number };
  /** Removes the users that were made. */
  cleanUp(): Promise<void>;
}

export interface ClientRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export async function answerOf(response: Response): Promise<Answer> {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
}

/** Reads a body as it comes. */
export async function streamedOf(response: Response, begunAt: number): Promise<Streamed> {
  const decoder = new TextDecoder();
  let text = "";
  let firstMs: number | undefined;
  for await (const piece of response.body ?? []) {
    firstMs ??= Math.round(performance.now() - begunAt);
    text += decoder.decode(piece as Uint8Array, { stream: true });
  }
  const headers = Object.fromEntries(response.headers);
  return { status: response.status, headers, text, ...(firstMs !== undefined && { firstMs }) };
}
