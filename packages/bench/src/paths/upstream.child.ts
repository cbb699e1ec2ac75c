/**
 * A model server that speaks OpenAI's chat completions and answers at once, in a process of its own.
 * Reports its port over its channel.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const answer = "An answer of the usual length, as a model would give it.";
const about = { id: "chatcmpl-bench", created: 1_700_000_000, model: "bench" };
const usage = { prompt_tokens: 12, completion_tokens: 13, total_tokens: 25 };
const whole = JSON.stringify({
  ...about,
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }],
  usage,
});
const chunk = (fields: object) =>
  `data: ${JSON.stringify({ ...about, object: "chat.completion.chunk", ...fields })}\n\n`;
const streamed = [
  chunk({ choices: [{ index: 0, delta: { role: "assistant", content: answer } }] }),
  chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
  chunk({ choices: [], usage }),
  "data: [DONE]\n\n",
].join("");

const server = createServer((req, res) => {
  let text = "";
  req.setEncoding("utf8");
  req.on("data", (piece: string) => {
    text += piece;
  });
  req.on("end", () => {
    const streams = text.includes('"stream":true');
    res.setHeader("content-type", streams ? "text/event-stream" : "application/json");
    res.end(streams ? streamed : whole);
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
