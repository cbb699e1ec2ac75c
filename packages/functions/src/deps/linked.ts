/**
 * What the infrastructure links to every function. This folder is the composition root on AWS: it
 * alone reads `Resource`. Each function has a file of its own, and so has what is loaded late: esbuild
 * makes chunks of whatever a file may import, called or not.
 */
import { createJsonClient, type JsonClient } from "@outlet/aws/lean/json-client";
import { createLeanQueue } from "@outlet/aws/lean/queue";
import { createLeanTable } from "@outlet/aws/lean/table";
import * as ModelCatalog from "@outlet/core/models/catalog";
import { reportingTable, systemClock } from "@outlet/core/ports";
import * as Key from "@outlet/core/publishing/key";
import { Resource } from "sst";
import { createJsonLog } from "../log.ts";

export const options = () => ({ region: Resource.Installation.region });

export function base() {
  const log = createJsonLog();
  const client = createJsonClient("dynamodb", options());
  const table = createLeanTable({ client, tableName: Resource.Table.name });
  return { table: reportingTable(table, log), clock: systemClock, log };
}

/** Versions, the newest first: secrets made under an older one go on. */
export const peppers = () => Key.readPeppers(Resource.KeyPepper.value);

export const catalog = () => {
  const { models, region } = Resource.Installation;
  return ModelCatalog.createCatalog(models.split(","), region);
};

export const sqsClient = () => createJsonClient("sqs", options());

export const queue = (client: JsonClient, { url }: { url: string }) =>
  createLeanQueue({ client, queueUrl: url });

/** Whether AWS's bill is to tell published bots apart. */
export const inferenceProfiles = (): boolean => Resource.Installation.inferenceProfiles === "on";
