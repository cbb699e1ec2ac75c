import { AIMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  run,
  setTracingDisabled,
  user,
} from "@openai/agents";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorld, type World } from "../../src/clients/world.ts";

let world: World;
beforeAll(async () => {
  setTracingDisabled(true);
  world = await startWorld();
});
afterAll(() => world.stop());

const echo = (text: string, before = 0) =>
  `You said "${text}" after ${before} messages with 0 images.`;

describe.each([
  ["responses", OpenAIResponsesModel],
  ["chat", OpenAIChatCompletionsModel],
])("@openai/agents over %s", (_, Model) => {
  const agent = () =>
    new Agent({
      name: "Echo",
      instructions: "Be brief.",
      model: new Model(new OpenAI(world.settings), "echo"),
    });

  test("runs, and goes on with its history", async () => {
    const first = await run(agent(), "One");
    expect(first.finalOutput).toBe(echo("One"));
    const second = await run(agent(), [...first.history, user("Two")]);
    expect(second.finalOutput).toBe(echo("Two", 2));
  });

  test("streams", async () => {
    const streamed = await run(agent(), "Hi", { stream: true });
    let text = "";
    for await (const delta of streamed.toTextStream()) text += delta;
    await streamed.completed;
    expect([text, streamed.finalOutput]).toEqual([echo("Hi"), echo("Hi")]);
  });
});

describe.each([
  ["responses", true],
  ["chat", false],
])("@langchain/openai over %s", (_, useResponsesApi) => {
  const model = (over: object = {}) =>
    new ChatOpenAI({
      ...over,
      model: "echo",
      apiKey: world.settings.apiKey,
      useResponsesApi,
      configuration: { baseURL: world.settings.baseURL },
    });

  test("is answered over several turns", async () => {
    const answer = await model().invoke([
      new SystemMessage("Be brief."),
      new HumanMessage("One"),
      new AIMessage("Two"),
      new HumanMessage("Three"),
    ]);
    expect(answer.text).toBe(echo("Three", 2));
    expect(answer.usage_metadata).toMatchObject({ total_tokens: 19 });
  });

  test("streams", async () => {
    let text = "";
    for await (const chunk of await model().stream("Hi")) text += chunk.text;
    expect(text).toBe(echo("Hi"));
  });

  test("does not repeat what was refused", async () => {
    const before = world.model.asked.length;
    await expect(model({ temperature: 7 }).invoke("Hi")).rejects.toMatchObject({ status: 400 });
    expect(world.model.asked.length).toBe(before);
  });

  test("raises what fails in the middle of a stream", async () => {
    const stream = await model({ maxRetries: 0 }).stream("fail");
    await expect(
      (async () => {
        for await (const chunk of stream) void chunk;
      })(),
    ).rejects.toThrow(/.+/);
  });
});
