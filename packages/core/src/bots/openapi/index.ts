/**
 * Tools out of an OpenAPI document: what a service can be asked, as JSON Schema for models, and how
 * such a call becomes a request. Documents are hostile: all that is read of one is bounded.
 */
export * as OpenApi from "./index.ts";

import * as Text from "../../foundation/text/index.ts";
import { membersOf, readDocument, textOf } from "./document.ts";
import { listOperations, type Operation } from "./operations.ts";
import { type Scheme, schemesOf, serversOf } from "./servers.ts";

export { jsonMax, yamlMax } from "./document.ts";
export { nameOf, type Operation, operationsMax, type Parameter } from "./operations.ts";
export type { Scheme } from "./servers.ts";
export { type Answer, answerBytesMax, contentOf, pathPattern } from "./answer.ts";
export { BadInput, requestOf, schemaWithout } from "./call.ts";

export interface Document {
  title: string;
  version: string;
  /** Where it says that the service is; the owner chooses. */
  servers: string[];
  schemes: Scheme[];
  operations: Operation[];
}

/**
 * @param address where it was fetched from; `null` where it was uploaded.
 * @throws ProblemError `invalid_request`
 */
export async function parse(text: string, address: string | null): Promise<Document> {
  const root = await readDocument(text);
  const info = membersOf(root["info"]);
  return {
    title: Text.cut(textOf(info["title"]).trim(), 100) || "Service",
    version: Text.cut(textOf(info["version"]), 40),
    servers: serversOf(root, address),
    schemes: schemesOf(root),
    operations: listOperations(root),
  };
}
