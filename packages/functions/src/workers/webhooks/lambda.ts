import { webhooksDeps } from "../../deps/webhooks.ts";
import { createWebhooks } from "./handler.ts";

export const handler = createWebhooks(webhooksDeps());
