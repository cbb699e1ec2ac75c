import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { silentLog, systemClock } from "@outlet/core/ports";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StreamEvent } from "./backend.ts";
import { createBedrockBackend } from "./bedrock-backend.ts";
import { parseConverseRequest } from "./converse-request.ts";
import { type BedrockServer, startBedrock } from "./server.ts";

/** The demo model stands in for AWS: it speaks the same protocol. */
let aws: BedrockServer;
beforeEach(async () => {
  aws = await startBedrock({ backend: { kind: "demo" }, log: silentLog, clock: systemClock });
});
afterEach(() => aws.stop());

const credentials = { accessKeyId: "local", secretAccessKey: "local" };

async function pass(body: object): Promise<StreamEvent[]> {
  const client = new BedrockRuntimeClient({ region: "us-east-1", endpoint: aws.url, credentials });
  const backend = createBedrockBackend({ kind: "bedrock", region: "us-east-1" }, client);
  const request = parseConverseRequest("a:b/c", Buffer.from(JSON.stringify(body)));
  const events: StreamEvent[] = [];
  try {
    for await (const event of backend.stream(request, AbortSignal.timeout(5000))) {
      events.push(event);
    }
    return events;
  } finally {
    backend.close();
  }
}

const messages = [{ role: "user", content: [{ text: "Grüße" }] }];

test("the body goes on as it is and the events come back as they are", async () => {
  const events = await pass({ messages, inferenceConfig: { maxTokens: 3 } });
  expect(events).toEqual([
    { name: "messageStart", body: { role: "assistant" } },
    {
      name: "contentBlockDelta",
      body: { contentBlockIndex: 0, delta: { text: "Outlet demo model" } },
    },
    { name: "contentBlockStop", body: { contentBlockIndex: 0 } },
    { name: "messageStop", body: { stopReason: "max_tokens" } },
    {
      name: "metadata",
      body: {
        usage: { inputTokens: 1, outputTokens: 3, totalTokens: 4 },
        metrics: { latencyMs: expect.any(Number) },
      },
    },
  ]);
});

test("members unknown to Outlet reach Bedrock, whose refusal comes back", async () => {
  await expect(pass({ messages, toolConfig: { tools: [] } })).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringContaining("toolConfig.tools"),
  });
});

test("Bedrock out of reach is unavailable", async () => {
  await aws.stop();
  await expect(pass({ messages })).rejects.toMatchObject({ name: "ServiceUnavailableException" });
});
