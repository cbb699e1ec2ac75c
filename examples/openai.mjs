import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "https://ENDPOINT/v1",
  apiKey: process.env.OUTLET_KEY,
});

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
