import { EventStreamCodec, type MessageHeaders } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Frame, FrameReader } from "./event-stream.ts";

const codec = new EventStreamCodec(toUtf8, fromUtf8);
const short = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const name = fc.oneof({ weight: 9, arbitrary: short }, fc.constant("__proto__"));
const header = fc.oneof(
  fc.record({ type: fc.constant("string" as const), value: short }),
  fc.record({ type: fc.constant("boolean" as const), value: fc.boolean() }),
  fc.record({ type: fc.constant("byte" as const), value: fc.integer({ min: -128, max: 127 }) }),
  fc.record({ type: fc.constant("integer" as const), value: fc.integer() }),
  fc.record({ type: fc.constant("binary" as const), value: fc.uint8Array({ maxLength: 9 }) }),
  fc.record({
    type: fc.constant("timestamp" as const),
    value: fc.date({ noInvalidDate: true }),
  }),
);
const message = fc.record({
  headers: fc.dictionary(name, header, { noNullPrototype: true, maxKeys: 5 }),
  body: fc.uint8Array({ maxLength: 300 }),
});

function readAll(chunks: readonly Buffer[]): Frame[] {
  const reader = new FrameReader();
  const frames = chunks.flatMap((chunk) => [...reader.take(chunk)]);
  reader.end();
  return frames;
}

const textOf = (headers: MessageHeaders) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, { type, value }]) =>
      type === "string" ? [[name, value]] : [],
    ),
  );

test("what the SDK's own codec writes is read, however it is cut", () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 }),
      (messages, lengths) => {
        const stream = Buffer.concat(messages.map((one) => codec.encode(one)));
        const chunks: Buffer[] = [];
        for (let at = 0, n = 0; at < stream.length; n++) {
          const length = lengths[n % lengths.length] ?? 1;
          chunks.push(stream.subarray(at, at + length));
          at += length;
        }
        expect(
          readAll(chunks).map(({ headers, payload }) => ({ headers, payload: [...payload] })),
        ).toEqual(
          messages.map(({ headers, body }) => ({ headers: textOf(headers), payload: [...body] })),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test("a byte that was changed on the way, or an end too early, is no message", () => {
  const whole = Buffer.from(
    codec.encode({
      headers: { ":event-type": { type: "string", value: "messageStart" } },
      body: fromUtf8('{"role":"assistant"}'),
    }),
  );
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    expect(() => readAll([changed]), `byte ${at}`).toThrow(/checksum|bytes long|inside a message/);
    if (at > 0) expect(() => readAll([whole.subarray(0, at)])).toThrow("inside a message");
  }
});
