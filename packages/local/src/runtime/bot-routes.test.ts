import { describe, expect, test } from "vitest";
import { outletOfFile } from "./outlet-of-file.ts";
import { eventually } from "./runtime-fixture.ts";

const { outlet, owner, user } = await outletOfFile();
const bot = { title: "Shop", instruction: "Quote the hours." };
const path = `/bots/${(await owner("POST", "/bots", bot)).json.botId}`;

const synced = () =>
  eventually(
    () => owner("GET", `${path}/knowledge`),
    ({ json }) => json.syncStatus === "SUCCEEDED" || json.syncStatus === "FAILED",
  );

describe("knowledge", () => {
  test("is queued when it is uploaded and known once it has been read", async () => {
    const added = await owner("POST", `${path}/knowledge`, {
      name: "hours.csv",
      base64: Buffer.from("day,opens\nMonday,nine\n").toString("base64"),
    });
    expect([added.status, added.json.status, added.json.kind]).toEqual([201, "QUEUED", "csv"]);
    const { json } = await synced();
    expect(json.sources).toMatchObject([{ status: "SUCCEEDED", passages: 1, failure: null }]);
  });

  test("is searched without a model: what is found, where it stands and why", async () => {
    const name = "prices.md";
    const text = "# Prices\n\n## Guests\n\nA night costs 80 euros.\n\n## Staff\n\nFree of charge.";
    await owner("POST", `${path}/knowledge`, { name, text });
    await synced();
    const search = (query: string, who = owner) => who("GET", `${path}/knowledge/search?${query}`);
    const { status, json } = await search("question=What+do+nights+cost%3F&limit=1");
    expect([status, json.engine, json.passages.length]).toEqual([200, "lexical", 1]);
    expect(json.passages[0]).toMatchObject({
      source: name,
      text: "A night costs 80 euros.",
      place: { headings: ["Prices", "Guests"] },
      words: [{ word: expect.stringMatching(/^(?:nights|cost)$/) }, expect.anything()],
    });
    expect((await search("question=")).status).toBe(422);
    expect((await search("question=a&limit=51")).status).toBe(422);
    expect((await search("question=a", user)).status).toBe(404);
    const { sources } = (await owner("GET", `${path}/knowledge`)).json;
    const { sourceId } = sources.find((one: { name: string }) => one.name === name);
    await owner("DELETE", `${path}/knowledge/${sourceId}`);
    expect((await search("question=night")).json.passages).toEqual([]);
  });

  test("that cannot be read says why, holds publishing up, and is read again on request", async () => {
    const bad = { name: "broken.json", text: "{" };
    const { sourceId } = (await owner("POST", `${path}/knowledge`, bad)).json;
    const failed = await synced();
    expect(failed.json.syncStatus).toBe("FAILED");
    const source = failed.json.sources.find((one: { name: string }) => one.name === bad.name);
    expect(source.failure).toMatch(/not valid JSON.*upload it again/);
    const { prerequisites } = (await owner("GET", `${path}/publication`)).json;
    expect(prerequisites).toContainEqual(
      expect.objectContaining({ name: "sync", met: false, required: true }),
    );
    const again = await owner("POST", `${path}/knowledge/sync`, {});
    expect(again.status).toBe(202);
    expect((await synced()).json.syncStatus).toBe("FAILED");
    expect((await owner("DELETE", `${path}/knowledge/${sourceId}`)).status).toBe(204);
    expect((await owner("GET", `${path}/knowledge`)).json.syncStatus).toBe("SUCCEEDED");
  });

  test("that is text is opened and replaced; what was read before is found until the new one was", async () => {
    const words = { name: "rules.md", text: "# Rules\n\nDogs stay outside." };
    const { sourceId } = (await owner("POST", `${path}/knowledge`, words)).json;
    const one = `${path}/knowledge/${sourceId}`;
    await synced();
    expect((await owner("GET", one)).json).toMatchObject({ ...words, kind: "markdown" });
    const changed = { text: "# Rules\n\nDogs are welcome. 🐶" };
    const put = await owner("PUT", one, changed);
    expect([put.status, put.json.status, put.json.name]).toEqual([202, "QUEUED", "rules.md"]);
    await synced();
    expect((await owner("GET", one)).json).toMatchObject({ ...changed, status: "SUCCEEDED" });
    const search = `${path}/knowledge/search?question=dogs`;
    const found = (await owner("GET", search)).json.passages.map(
      ({ text }: { text: string }) => text,
    );
    expect(found.join()).toContain("welcome");
    expect(found.join()).not.toContain("outside");
    expect((await user("GET", one)).status).toBe(404);
    expect((await user("PUT", one, changed)).status).toBe(404);
    expect((await owner("PUT", one, { text: "" })).status).toBe(422);
    expect((await owner("GET", `${path}/knowledge/01ARZ3NDEKTSV4RRFFQ69G5FAV`)).status).toBe(404);
    expect((await owner("DELETE", one)).status).toBe(204);
  });

  test("that is no text cannot be opened, and says what to do", async () => {
    const bytes = {
      name: "latin.txt",
      base64: Buffer.from("caf\u00e9", "latin1").toString("base64"),
    };
    const { sourceId } = (await owner("POST", `${path}/knowledge`, bytes)).json;
    await synced();
    const one = `${path}/knowledge/${sourceId}`;
    const refused = await owner("GET", one);
    expect([refused.status, refused.json.error.param]).toEqual([422, "sourceId"]);
    expect(refused.json.detail).toContain("Upload the file anew");
    expect((await owner("PUT", one, { text: "x" })).status).toBe(422);
    expect((await owner("DELETE", one)).status).toBe(204);
  });

  test("of a kind that is not read, or none at all, is refused at once", async () => {
    const scan = { name: "scan.png", base64: "iVBORw==" };
    const refused = await owner("POST", `${path}/knowledge`, scan);
    expect([refused.status, refused.json.error.param]).toEqual([422, "name"]);
    for (const body of [{ name: "a.txt" }, { name: "a.txt", text: "x", base64: "eA==" }]) {
      expect((await owner("POST", `${path}/knowledge`, body)).status).toBe(422);
    }
  });

  test("of somebody else's bot is not there", async () => {
    expect((await user("GET", `${path}/knowledge`)).status).toBe(404);
    expect((await user("POST", `${path}/knowledge/sync`, {})).status).toBe(404);
  });
});

describe("a test run", () => {
  const ask = (text: string, client = owner) =>
    client("POST", `${path}/test`, { messages: [{ role: "user", text }] });

  test("streams sources, text and what it took, and counts as passed", async () => {
    await synced();
    expect((await owner("GET", `${path}/test`)).json).toEqual({ test: null });
    const { status, headers, text } = await ask("When does it open on Monday?");
    expect([status, headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    const events = text
      .split("\n\n")
      .map((block) => /^data: (.*)$/m.exec(block)?.[1])
      .filter((data) => data !== undefined)
      .map((data) => JSON.parse(data) as { type: string; text?: string });
    expect(events.map(({ type }) => type)).toEqual([
      "sources",
      ...events.slice(1, -1).map(() => "text"),
      "done",
    ]);
    expect(events.map((event) => event.text ?? "").join("")).toContain("nine");
    expect((await owner("GET", `${path}/test`)).json.test).toMatchObject({ passed: true });
    const { prerequisites } = (await owner("GET", `${path}/publication`)).json;
    expect(prerequisites).toContainEqual(
      expect.objectContaining({ name: "test_run", met: true, required: false }),
    );
  });

  test("has to end with a question of the user's", async () => {
    const messages = [{ role: "assistant", text: "Hello" }];
    const refused = await owner("POST", `${path}/test`, { messages });
    expect([refused.status, refused.json.error.param]).toEqual([422, "messages"]);
  });

  test("of somebody else's bot is not there", async () => {
    expect((await ask("Hello?", user)).status).toBe(404);
  });
});

describe("rotating a key", () => {
  test("lets both values in for the grace, and never more than two", async () => {
    const bot = await outlet.publish();
    const keyPath = `/bots/${bot.botId}/publication/keys/${bot.keyId}`;
    const works = async (key: string) =>
      (await fetch(`${bot.endpoint}/health`, { headers: { "x-api-key": key } })).status === 200;
    const rotate = async (body: object) => (await owner("POST", `${keyPath}/rotate`, body)).json;

    const second = await rotate({});
    expect(second.value).toMatch(/^outlet_/);
    expect(second.last4).toBe(second.value.slice(-4));
    expect(Date.parse(second.graceEndsAt) - Date.now()).toBeGreaterThan(86_000_000);
    expect([await works(bot.apiKey), await works(second.value)]).toEqual([true, true]);

    const third = await rotate({ graceSeconds: 1 });
    expect(third.clientId).toBe(second.clientId);
    expect([await works(bot.apiKey), await works(second.value), await works(third.value)]).toEqual([
      false,
      true,
      true,
    ]);
    const afterGrace = await eventually(
      () => works(second.value),
      (still) => !still,
    );
    expect(afterGrace).toBe(false);
    expect(await works(third.value)).toBe(true);

    const last = await rotate({ graceSeconds: 0 });
    expect(last.graceEndsAt).toBeNull();
    expect([await works(third.value), await works(last.value)]).toEqual([false, true]);
    expect((await user("POST", `${keyPath}/rotate`, {})).status).toBe(404);
  });
});
