import { webhooksDeps } from "../../deps.ts";
import { createWebhooks } from "./handler.ts";

export const handler = createWebhooks(webhooksDeps());
