import { describe, expect, test } from "vitest";
import { OptionError, readOptions } from "./options.ts";

describe("an option", () => {
  test("is taken from the command line, then from its variable, then by default", () => {
    const env = { OUTLET_PORT: "4300", OUTLET_ALLOW: "10.0.0.0/8, ::1" };
    expect(readOptions(["--port", "4200"], env)).toMatchObject({
      port: 4200,
      allow: ["10.0.0.0/8", "::1/128"],
    });
    expect(readOptions([], env)?.port).toBe(4300);
    expect(readOptions([], { OUTLET_PORT: "" })).toMatchObject({
      port: 4100,
      allow: ["127.0.0.0/8", "::1/128"],
      backend: { kind: "demo" },
      models: ["outlet-demo"],
    });
  });

  test("names of a proxy are taken in lower case, and none is needed", () => {
    const names = readOptions(["--hosts", "Chat.Example.org, other"], {})?.hosts;
    expect(names).toEqual(["chat.example.org", "other"]);
    expect(readOptions([], {})?.hosts).toEqual([]);
  });

  test("of a range takes IPv4 addresses mapped into IPv6 for what they are", () => {
    expect(readOptions(["--allow", "::ffff:10.0.0.0/104,::ffff:127.0.0.1"], {})?.allow).toEqual([
      "10.0.0.0/8",
      "127.0.0.1/32",
    ]);
  });

  test.each([
    [["--data", ""], "--data must name a folder."],
    [["--port", "70000"], '--port must be a whole number from 0 to 65535, not "70000".'],
    [["--port", ""], '--port must be a whole number from 0 to 65535, not "".'],
    [["--allow", "10.0.0.0/33"], "--allow takes CIDR ranges such as"],
    [["--allow", "::ffff:10.0.0.0/90"], "--allow must name IPv4 addresses as such"],
    [["--allow", "127.0.0.1,,"], "--allow takes CIDR ranges such as"],
    [["--hosts", "http://chat.example.org"], "--hosts takes names such as"],
    [["--model-backend", "openai"], "--model-backend openai needs --openai-base-url"],
    [["--demo-tokens-per-second", "0"], "--demo-tokens-per-second must be a number from 0.1"],
    [
      ["--model-backend", "openai", "--openai-base-url", "ftp://host/v1"],
      "--model-backend openai needs --openai-base-url",
    ],
    [
      ["--model-backend", "openai", "--openai-base-url", "http://me:secret@host/v1"],
      "--openai-base-url must hold no name or password",
    ],
    [["--vector-store", "here"], '--vector-store must be index or s3vectors, not "here".'],
    [["--nonsense"], "Unknown option '--nonsense'"],
    [["data"], "Unexpected argument 'data'"],
  ])("that is wrong is named, with what to write instead: %j", (args, message) => {
    expect(() => readOptions(args, {})).toThrow(OptionError);
    expect(() => readOptions(args, {})).toThrow(message);
  });
});

describe("a server of embeddings", () => {
  const url = "http://127.0.0.1:11434/v1";
  const read = (...args: string[]) => readOptions(args, {})?.embeddings;

  test("is asked for where its address and model are given", () => {
    expect(read()).toBeNull();
    expect(read("--embeddings-base-url", url, "--embeddings-model", "nomic-embed-text")).toEqual({
      baseUrl: url,
      model: "nomic-embed-text",
      kind: "none",
    });
    const env = {
      OUTLET_EMBEDDINGS_BASE_URL: url,
      OUTLET_EMBEDDINGS_MODEL: "multilingual-e5-small",
      OUTLET_EMBEDDINGS_API_KEY: "secret\n",
    };
    expect(readOptions([], env)?.embeddings).toMatchObject({ kind: "prefix", apiKey: "secret" });
    expect(readOptions(["--embeddings-input", "field"], env)?.embeddings).toMatchObject({
      kind: "field",
    });
  });

  test.each([
    [["--embeddings-base-url", url], "--embeddings-base-url needs --embeddings-model"],
    [["--embeddings-model", "m"], "--embeddings-model needs --embeddings-base-url"],
    [
      ["--embeddings-model", "m", "--embeddings-base-url", "http://a:b@host/v1"],
      "--embeddings-base-url must hold no name or password",
    ],
    [
      ["--embeddings-model", "m", "--embeddings-base-url", url, "--embeddings-input", "both"],
      '--embeddings-input must be field, prefix or none, not "both".',
    ],
  ])("%j is refused, with what to write instead", (args, message) => {
    expect(() => readOptions(args, {})).toThrow(message);
  });
});

describe("an OpenAI-compatible server", () => {
  const read = (url: string, key?: string) =>
    readOptions(["--model-backend", "openai", "--openai-base-url", url], {
      OUTLET_OPENAI_API_KEY: key,
    })?.backend;

  test("keeps the query of its address, and loses what is never sent", () => {
    expect(read(" https://host/v1/?api-version=1#top ")).toEqual({
      kind: "openai",
      baseUrl: "https://host/v1/?api-version=1",
    });
  });

  test("has its key without the line break of the file it was read from", () => {
    expect(read("http://host/v1", "sk-secret\r\n")).toMatchObject({ apiKey: "sk-secret" });
    expect(read("http://host/v1", " \n")).toEqual({ kind: "openai", baseUrl: "http://host/v1" });
  });

  test.each(["a b", "a\nb", "schlüssel"])("has no key such as %j, which is not shown", (key) => {
    expect(() => read("http://host/v1", key)).toThrow(/^OUTLET_OPENAI_API_KEY must be visible/);
  });
});
