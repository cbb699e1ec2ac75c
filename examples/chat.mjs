// npm install openai
// export OUTLET_KEY=outlet_…
import OpenAI from "openai";

const apiKey = process.env.OUTLET_KEY;
if (!apiKey) {
  console.error(
    "OUTLET_KEY is missing. Create a key in the console, then: export OUTLET_KEY=outlet_…",
  );
  process.exit(1);
}
// Waits as Retry-After says and tries again, up to five times.
const client = new OpenAI({ baseURL: "https://ENDPOINT/v1", apiKey, maxRetries: 5 });

try {
  const messages = [{ role: "user", content: "What can you do?" }];
  const stream = await client.chat.completions.create({ model: "bot", messages, stream: true });
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");
  process.stdout.write("\n");
} catch (error) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  console.error(
    `HTTP ${error.status}, request id ${error.headers?.get("x-amzn-requestid")}: ${JSON.stringify(error.error)}`,
  );
  process.exitCode = 1;
}
