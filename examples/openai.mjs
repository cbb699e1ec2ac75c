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
  const response = await client.responses.create({ model: "bot", input: "What can you do?" });
  console.log(response.output_text);

  // Goes on with that conversation, and shows the answer as it comes.
  const stream = await client.responses.create({
    model: "bot",
    input: "Tell me more.",
    previous_response_id: response.id,
    stream: true,
  });
  for await (const event of stream) {
    if (event.type === "response.output_text.delta") process.stdout.write(event.delta);
  }
  process.stdout.write("\n");
} catch (error) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  console.error(
    `HTTP ${error.status}, request id ${error.headers?.get("x-amzn-requestid")}: ${JSON.stringify(error.error)}`,
  );
  process.exitCode = 1;
}
