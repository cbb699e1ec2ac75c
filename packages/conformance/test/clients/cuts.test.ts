import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { collect, startWorld, type World } from "../../src/clients/world.ts";

let world: World;
let client: OpenAI;
beforeAll(async () => {
  world = await startWorld({ throttle: null, quota: null });
  client = new OpenAI({ ...world.settings, maxRetries: 0 });
});
afterAll(() => world.stop());

type Event = OpenAI.Responses.ResponseStreamEvent;

/** Reads a response's events, going away after every `each` of them, and on from there. */
async function readInPieces(id: string, each: number): Promise<{ events: Event[]; cuts: number }> {
  const events: Event[] = [];
  let cuts = 0;
  for (;;) {
    const last = events.at(-1)?.sequence_number;
    const stream = await client.responses.retrieve(id, {
      stream: true,
      ...(last === undefined ? {} : { starting_after: last }),
    });
    let count = 0;
    for await (const event of stream) {
      events.push(event);
      count += 1;
      if (count === each) break;
    }
    if (count < each) return { events, cuts };
    cuts += 1;
  }
}

/** What a client that tells items apart has of the last one. */
function textOf(events: Event[]): string {
  let text = "";
  for (const event of events) {
    if (event.type === "response.output_item.added") text = "";
    if (event.type === "response.output_text.delta") text += event.delta;
  }
  return text;
}

test("a reader that goes away at any event misses none and sees none twice", async () => {
  const inputs = Array.from({ length: 4 }, (_, i) => [
    `Hi ${i}`,
    `break ${i}`,
    `stray ${i}`,
  ]).flat();
  let cuts = 0;
  const readAll = (some: string[]) =>
    Promise.all(
      some.map(async (input) => {
        const { id } = await client.responses.create({ model: "echo", input, background: true });
        const readers = await Promise.all([1, 1, 2, 3].map((each) => readInPieces(id, each)));
        const whole = await collect(await client.responses.retrieve(id, { stream: true }));
        const { output_text: answer } = await client.responses.retrieve(id);
        expect(answer).toContain(input);
        for (const reader of readers) {
          cuts += reader.cuts;
          expect(reader.events).toEqual(whole);
          expect(textOf(reader.events)).toBe(answer);
          expect(reader.events.map((it) => it.sequence_number)).toEqual(whole.map((_, i) => i));
        }
      }),
    );
  // A key may have 50 who wait, and one that has gone counts until the server has noticed.
  for (let i = 0; i < inputs.length; i += 4) await readAll(inputs.slice(i, i + 4));
  expect(cuts).toBeGreaterThan(200);
});

test("a chat that would have to take words back ends with an error instead", async () => {
  const ask = async (content: string) =>
    collect(
      await client.chat.completions.create({
        model: "echo",
        messages: [{ role: "user", content }],
        stream: true,
      }),
    );
  const chunks = await ask("break chat");
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
  expect(text).toContain('You said "break chat"');
  await expect(ask("stray chat")).rejects.toThrow(OpenAI.APIError);
});
