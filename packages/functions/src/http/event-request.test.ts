import { describe, expect, test } from "vitest";
import { EventRequest } from "./event-request.ts";

const url = "https://api.example/conversation?a=1";
const said = "né {}";
const init = () => ({
  method: "POST",
  headers: new Headers({ "content-type": "application/json", "x-one": "1" }),
});
const mine = (bytes: Buffer | undefined = Buffer.from(said)) =>
  new EventRequest(url, { ...init(), bytes });
const theirs = () => new Request(url, { ...init(), body: Buffer.from(said) });

describe("a request of an event is what the platform's own is", () => {
  test.each([
    ["url", (it: Request) => it.url],
    ["method", (it: Request) => it.method],
    ["headers", (it: Request) => [...it.headers]],
    ["text", (it: Request) => it.text()],
    ["arrayBuffer", async (it: Request) => Buffer.from(await it.arrayBuffer()).toString()],
    ["bytes", async (it: Request) => Buffer.from(await it.bytes()).toString()],
    ["blob", async (it: Request) => ({ type: (await it.blob()).type })],
    ["body", (it: Request) => new Response(it.body).text()],
    ["clone", (it: Request) => it.clone().text()],
    ["signal", (it: Request) => it.signal.aborted],
    ["mode", (it: Request) => it.mode],
    ["bodyUsed, before", (it: Request) => it.bodyUsed],
    ["bodyUsed, after", async (it: Request) => (await it.text(), it.bodyUsed)],
    ["json of what is none", (it: Request) => it.json().catch((error: Error) => error.name)],
  ])("%s", async (_, look) => {
    expect(await look(mine())).toEqual(await look(theirs()));
  });

  test.each([
    ["text", (it: Request) => it.text()],
    ["a stream", (it: Request) => new Response(it.body).text()],
  ])("whose body is read once, by %s", async (_, read) => {
    for (const request of [mine(), theirs()]) {
      await read(request);
      await expect(request.arrayBuffer()).rejects.toThrow(TypeError);
      expect(() => request.clone()).toThrow(TypeError);
    }
  });

  test("without a body it has none", async () => {
    const request = new EventRequest(url, { ...init(), bytes: undefined });
    expect(request.body).toBeNull();
    expect(request.hasBody).toBe(false);
    expect(await request.text()).toBe("");
    expect(await request.text()).toBe("");
  });
});
