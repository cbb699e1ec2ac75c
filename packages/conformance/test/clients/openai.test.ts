import { eventually } from "@outlet/local/runtime/runtime-fixture";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect, pngUrl, startWorld, type World } from "../../src/clients/world.ts";

let world: World;
let client: OpenAI;
const model = "echo";

beforeAll(async () => {
  world = await startWorld();
  client = new OpenAI(world.settings);
});
afterAll(() => world.stop());

const echo = (text: string, before = 0, images = 0) =>
  `You said "${text}" after ${before} messages with ${images} images.`;

describe("responses", () => {
  test("are answered at once", async () => {
    const response = await client.responses.create({ model, input: "Hi" });
    expect(response.output_text).toBe(echo("Hi"));
    expect(response).toMatchObject({ status: "completed", instructions: null, tools: [], model });
    expect(response.usage).toMatchObject({ input_tokens: 10, output_tokens: 9, total_tokens: 19 });
    expect(response._request_id).toMatch(/./);
  });

  test("stream, and the helper puts together what the answer is", async () => {
    const stream = client.responses.stream({ model, input: "Hi" });
    const deltas: string[] = [];
    stream.on("response.output_text.delta", ({ delta }) => deltas.push(delta));
    const response = await stream.finalResponse();
    expect(response.output_text).toBe(echo("Hi"));
    expect(deltas.join("")).toBe(echo("Hi"));
  });

  test("follow one another as a tree", async () => {
    const first = await client.responses.create({ model, input: "One" });
    const next = (input: string) =>
      client.responses.create({ model, input, previous_response_id: first.id });
    const [left, right] = await Promise.all([next("Left"), next("Right")]);
    expect([left.output_text, right.output_text]).toEqual([echo("Left", 2), echo("Right", 2)]);
    const third = await client.responses.create({
      model,
      input: "Three",
      previous_response_id: left.id,
    });
    expect(third.output_text).toBe(echo("Three", 4));
    expect(third.previous_response_id).toBe(left.id);
  });

  test("take a history by reference", async () => {
    const first = await client.responses.create({ model, input: "One" });
    const [item] = first.output;
    const input: OpenAI.Responses.ResponseInput = [
      { role: "user", content: "One" },
      { type: "item_reference", id: item?.id ?? "" },
      { role: "user", content: "Two" },
    ];
    expect((await client.responses.create({ model, input })).output_text).toBe(echo("Two", 2));
    expect(world.model.asked.at(-1)?.messages.at(-2)?.content).toBe(echo("One"));
  });

  test("see images", async () => {
    const content: OpenAI.Responses.ResponseInputContent[] = [
      { type: "input_text", text: "Look" },
      { type: "input_image", image_url: pngUrl, detail: "auto" },
    ];
    const response = await client.responses.create({ model, input: [{ role: "user", content }] });
    expect(response.output_text).toBe(echo("Look", 0, 1));
    const items = await client.responses.inputItems.list(response.id);
    expect(items.data).toMatchObject([
      {
        role: "user",
        content: [
          { type: "input_text", text: "Look" },
          { type: "input_image", image_url: pngUrl },
        ],
      },
    ]);
  });

  test("run in the background, are polled, and streamed from where a reader stopped", async () => {
    const accepted = await client.responses.create({ model, input: "wait", background: true });
    expect(["queued", "in_progress"]).toContain(accepted.status);
    const stream = await client.responses.retrieve(accepted.id, { stream: true });
    const seen: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) {
      seen.push(event);
      // The first words come while the model still speaks.
      if (event.type === "response.output_text.delta") break;
    }
    await world.model.release();
    const after = seen.at(-1)?.sequence_number ?? 0;
    const rest = await collect(
      await client.responses.retrieve(accepted.id, { stream: true, starting_after: after }),
    );
    const numbers = [...seen, ...rest].map(({ sequence_number }) => sequence_number);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    const again = await collect(await client.responses.retrieve(accepted.id, { stream: true }));
    expect(again).toEqual([...seen, ...rest]);
    const done = await client.responses.retrieve(accepted.id);
    expect(done).toMatchObject({ status: "completed", output_text: echo("wait") });
  });

  test("are cancelled while they are made", async () => {
    const accepted = await client.responses.create({ model, input: "wait", background: true });
    await world.model.held();
    const cancelled = await client.responses.cancel(accepted.id);
    await world.model.release();
    expect(cancelled.status).toBe("cancelled");
    const again = await client.responses.cancel(accepted.id);
    expect(again.status).toBe("cancelled");
    const events = await collect(await client.responses.retrieve(accepted.id, { stream: true }));
    expect(events.at(-1)).toMatchObject({
      type: "response.incomplete",
      response: { status: "cancelled", incomplete_details: { reason: "cancelled" } },
    });
  });

  test("are deleted, and what was not to be stored is not there", async () => {
    const kept = await client.responses.create({ model, input: "Hi" });
    await client.responses.delete(kept.id);
    const unkept = await client.responses.create({ model, input: "Hi", store: false });
    for (const { id } of [kept, unkept]) {
      await expect(client.responses.retrieve(id)).rejects.toThrow(OpenAI.NotFoundError);
      await expect(
        client.responses.create({ model, input: "And?", previous_response_id: id }),
      ).rejects.toMatchObject({ status: 400, code: "previous_response_not_found" });
    }
  });

  test("that were cut say why", async () => {
    const long = await client.responses.create({ model, input: "long" });
    expect(long).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
    const filtered = await client.responses.create({ model, input: "filter" });
    expect(filtered.incomplete_details).toEqual({ reason: "content_filter" });
  });

  test("carry metadata and the caller's wishes", async () => {
    const response = await client.responses.create({
      model,
      input: "Hi",
      instructions: "Answer in verse.",
      metadata: { ticket: "42", constructor: "a" },
      max_output_tokens: 50,
      temperature: 1.5,
    });
    expect(response).toMatchObject({
      metadata: { ticket: "42", constructor: "a" },
      instructions: null,
    });
    const asked = world.model.asked.at(-1);
    expect(asked).toMatchObject({ max_tokens: 50, temperature: 1 });
    expect(asked?.messages[0]?.content).toMatch(
      /^CANARY.*<caller_instructions>\nAnswer in verse\./s,
    );
  });
});

describe("chats", () => {
  test("are answered with their history", async () => {
    const chat = await client.chat.completions.create({
      model,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "One" },
        { role: "assistant", content: "Two" },
        {
          role: "user",
          content: [
            { type: "text", text: "Look" },
            { type: "image_url", image_url: { url: pngUrl } },
          ],
        },
      ],
      stop: "###",
      max_tokens: 9,
    });
    expect(chat.choices[0]?.message.content).toBe(echo("Look", 2, 1));
    expect(chat.usage?.total_tokens).toBe(19);
    expect(world.model.asked.at(-1)).toMatchObject({ stop: ["###"], max_tokens: 9 });
  });

  test("stream, with usage where it is asked for", async () => {
    const body = { model, messages: [{ role: "user" as const, content: "Hi" }] };
    const stream = client.chat.completions.stream({
      ...body,
      stream_options: { include_usage: true },
    });
    expect(await stream.finalContent()).toBe(echo("Hi"));
    expect((await stream.totalUsage()).total_tokens).toBe(19);
    const chunks = await collect(await client.chat.completions.create({ ...body, stream: true }));
    expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true);
  });

  test("for titles and tags are answered without the bot's instruction", async () => {
    const content = "### Task:\nGenerate a title\n<chat_history>Hi</chat_history>";
    await client.chat.completions.create({ model, messages: [{ role: "user", content }] });
    const asked = world.model.asked.at(-1);
    expect(asked?.messages.map(({ role }) => role)).toEqual(["user"]);
    expect(asked?.max_tokens).toBe(300);
    const owner = await world.outlet.as("owner");
    // The log is written when the run has ended, which its answer does not wait for.
    const isUtility = ({ via }: { via: string }) => via === "utility";
    const { json } = await eventually(
      () => owner("GET", `/bots/${world.bot.botId}/publication/runs`),
      (reply) => reply.json.runs.some(isUtility),
    );
    expect(json.runs.filter(isUtility)).toHaveLength(1);
    const usage = await owner("GET", `/bots/${world.bot.botId}/publication/usage?by=day`);
    expect(usage.json.total.utilityRuns).toBe(1);
    expect(usage.json.total.runs).toBeGreaterThan(1);
  });
});

describe("structured output", () => {
  const schema = {
    type: "object" as const,
    properties: { said: { type: "string" } },
    required: ["said"],
    additionalProperties: false,
  };

  test("is what the model is held to, in either dialect", async () => {
    const response = await client.responses.parse({
      model,
      input: "Hi",
      text: { format: { type: "json_schema", name: "echo", schema, strict: true } },
    });
    expect(response.output_parsed).toEqual({ said: echo("Hi") });
    expect(world.model.asked.at(-1)?.response_format?.type).toBe("json_schema");
    const chat = await client.chat.completions.parse({
      model,
      messages: [{ role: "user", content: "Hi" }],
      response_format: { type: "json_object" },
    });
    expect(JSON.parse(chat.choices[0]?.message.content ?? "")).toEqual({ said: echo("Hi") });
    expect(world.model.asked.at(-1)?.response_format?.type).toBe("json_object");
  });
});

describe("models", () => {
  test("are listed and found, and the base URL may end in a slash", async () => {
    const slashed = new OpenAI({ ...world.settings, baseURL: `${world.settings.baseURL}/` });
    const names = (await slashed.models.list()).data.map(({ id }) => id);
    expect(names).toEqual(["echo", "outlet-demo"]);
    expect(await client.models.retrieve("echo")).toMatchObject({ id: "echo", object: "model" });
    await expect(client.models.retrieve("nope")).rejects.toThrow(OpenAI.NotFoundError);
    const doubled = await fetch(`${world.settings.baseURL}//models`, {
      headers: { authorization: `Bearer ${world.settings.apiKey}` },
    });
    expect(doubled.status).toBe(200);
  });
});

describe("errors", () => {
  const create = (over: object) => client.responses.create({ model, input: "Hi", ...over });

  test("are of the client's own classes", async () => {
    await expect(create({ temperature: 9 })).rejects.toThrow(OpenAI.BadRequestError);
    await expect(create({ tool_choice: "required" })).rejects.toMatchObject({
      status: 400,
      code: "unsupported_parameter",
      param: "tool_choice",
    });
    await expect(create({ model: "gpt-5" })).rejects.toMatchObject({
      status: 404,
      code: "model_not_found",
    });
    const stranger = new OpenAI({ ...world.settings, apiKey: "outlet_nobody" });
    await expect(stranger.models.list()).rejects.toThrow(OpenAI.PermissionDeniedError);
    await expect(client.embeddings.create({ model, input: "Hi" })).rejects.toThrow(
      OpenAI.NotFoundError,
    );
  });

  test("of the model are not paid for twice, and say nothing of what is behind", async () => {
    const before = world.model.asked.length;
    const refusal = await create({ input: "fail" }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(OpenAI.InternalServerError);
    expect(refusal).toMatchObject({ status: 502, code: "model_error" });
    expect((refusal as Error).message).not.toContain("arn:");
    expect(world.model.asked.length).toBe(before + 1);
  });

  test("in the middle of a stream raise", async () => {
    const stream = await client.responses.create({ model, input: "fail", stream: true });
    await expect(collect(stream)).rejects.toThrow(OpenAI.APIError);
    const chat = await client.chat.completions.create({
      model,
      messages: [{ role: "user", content: "fail" }],
      stream: true,
    });
    await expect(collect(chat)).rejects.toThrow(OpenAI.APIError);
  });

  test("of too many requests are waited out by the client itself", async () => {
    const slow = await world.outlet.publish({ throttle: { burstLimit: 1, rateLimit: 2 } });
    const patient = new OpenAI({ baseURL: `${slow.endpoint}/v1`, apiKey: slow.apiKey });
    const [a, b] = await Promise.all([patient.models.list(), patient.models.list()]);
    expect([a.data.length, b.data.length]).toEqual([2, 2]);
    const hasty = new OpenAI({
      baseURL: `${slow.endpoint}/v1`,
      apiKey: slow.apiKey,
      maxRetries: 0,
    });
    const refused = await Promise.allSettled([1, 2, 3].map(() => hasty.models.list()));
    const reasons = refused.flatMap((it) => (it.status === "rejected" ? [it.reason] : []));
    expect(reasons[0]).toBeInstanceOf(OpenAI.RateLimitError);
  });
});

test("what is sent again under an idempotency key is answered once", async () => {
  const headers = { "Idempotency-Key": "once" };
  const before = world.model.asked.length;
  const [a, b] = [
    await client.responses.create({ model, input: "Once" }, { headers }),
    await client.responses.create({ model, input: "Once" }, { headers }),
  ];
  expect(b.id).toBe(a.id);
  expect(world.model.asked.length).toBe(before + 1);
  await expect(
    client.responses.create({ model, input: "Other" }, { headers }),
  ).rejects.toMatchObject({ status: 400, code: "idempotency_key_reuse" });
});
