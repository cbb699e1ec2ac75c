import { createOpenResponses } from "@ai-sdk/open-responses";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, type ModelMessage, streamText } from "ai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pngUrl, startWorld, type World } from "../../src/clients/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const echo = (text: string, before = 0, images = 0) =>
  `You said "${text}" after ${before} messages with ${images} images.`;

type Model = Parameters<typeof generateText>[0]["model"];
const providers: [name: string, model: () => Model][] = [
  ["@ai-sdk/openai", () => createOpenAI(world.settings)("echo")],
  ["@ai-sdk/openai chat", () => createOpenAI(world.settings).chat("echo")],
  [
    "@ai-sdk/open-responses",
    () =>
      createOpenResponses({
        name: "outlet",
        url: `${world.settings.baseURL}/responses`,
        apiKey: world.settings.apiKey,
      })("echo"),
  ],
  [
    "@ai-sdk/openai-compatible",
    () => createOpenAICompatible({ name: "outlet", ...world.settings })("echo"),
  ],
];

for (const [name, model] of providers) {
  describe(`${name}: text`, () => {
    test("generates text, with an instruction and an image", async () => {
      const { text, usage, finishReason } = await generateText({
        model: model(),
        system: "Be brief.",
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "Look" },
              { type: "file", mediaType: "image/png", data: pngUrl },
            ],
          },
        ],
      });
      expect(text).toBe(echo("Look", 0, 1));
      expect(finishReason).toBe("stop");
      expect(usage.inputTokens).toBe(10);
      expect(world.model.asked.at(-1)?.messages[0]?.content).toContain("Be brief.");
    });

    test("streams text", async () => {
      const { textStream, finishReason } = streamText({ model: model(), prompt: "Hi" });
      let text = "";
      for await (const delta of textStream) text += delta;
      expect(text).toBe(echo("Hi"));
      expect(await finishReason).toBe("stop");
    });

    test("goes on over several turns", async () => {
      const messages: ModelMessage[] = [{ role: "user", content: "One" }];
      const first = await generateText({ model: model(), messages });
      messages.push(...first.response.messages, { role: "user", content: "Two" });
      const second = await generateText({ model: model(), messages });
      expect(second.text).toBe(echo("Two", 2));
      expect(world.model.asked.at(-1)?.messages.at(-2)?.content).toBe(echo("One"));
    });

    test("is told what was wrong, and does not repeat it", async () => {
      const wrong = generateText({ model: model(), prompt: "Hi", temperature: 7 });
      await expect(wrong).rejects.toSatisfy(
        (error) => APICallError.isInstance(error) && error.statusCode === 400,
      );
    });

    test("learns of a failure in the middle of a stream", async () => {
      const errors: unknown[] = [];
      const { fullStream } = streamText({
        model: model(),
        prompt: "fail",
        maxRetries: 0,
        onError: ({ error }) => void errors.push(error),
      });
      for await (const part of fullStream) void part;
      expect(errors.length).toBeGreaterThan(0);
    });

    test("says why an answer was cut", async () => {
      const { finishReason } = await generateText({ model: model(), prompt: "long" });
      expect(finishReason).toBe("length");
    });
  });
}

test("@ai-sdk/openai goes on with a response by its id", async () => {
  const model = createOpenAI(world.settings)("echo");
  const first = await generateText({ model, prompt: "One" });
  const previousResponseId = first.providerMetadata?.openai?.responseId as string;
  const providerOptions = { openai: { previousResponseId } };
  const second = await generateText({ model, prompt: "Two", providerOptions });
  expect(second.text).toBe(echo("Two", 2));
});
