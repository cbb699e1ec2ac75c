import { describe, expect, test } from "vitest";
import { OpenApi } from "./index.ts";

const yaml = `
openapi: 3.0.3
info: { title: Pets, version: "1.2" }
servers:
  - url: /v1
  - url: https://{region}.pets.example/api
    variables: { region: { default: eu } }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    login: { type: http, scheme: basic }
    cookie: { type: apiKey, in: cookie, name: c }
  parameters:
    Limit: { name: limit, in: query, schema: { type: integer, maximum: 50 } }
  schemas:
    Pet:
      type: object
      required: [name, id]
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string, nullable: true, description: What it is called }
        parent: { $ref: "#/components/schemas/Pet" }
paths:
  /pets:
    parameters: [{ $ref: "#/components/parameters/Limit" }]
    get:
      operationId: list pets!
      summary: Lists pets
      parameters:
        - { name: "filter[kind]", in: query, style: deepObject, schema: { type: object } }
        - { name: tags, in: query, explode: false, schema: { type: array, items: { type: string } } }
        - { name: Authorization, in: header, schema: { type: string } }
        - { name: X-Trace, in: header, schema: { type: string } }
        - { name: constructor, in: query, schema: { type: string } }
    post:
      operationId: addPet
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } }
  /pets/{id}:
    put:
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      requestBody: { content: { application/x-www-form-urlencoded: { schema: { type: object } } } }
    delete: {}
  /upload:
    post:
      requestBody: { required: true, content: { multipart/form-data: { schema: {} } } }
  /search:
    parameters: [{ $ref: "#/components/parameters/Limit" }]
    get: { parameters: [{ name: where, in: query, schema: { type: object } }] }
  /elsewhere:
    get: { parameters: [{ $ref: "https://other.example/p.json#/x" }] }
`;
const parsed = await OpenApi.parse(yaml, "https://pets.example/spec/openapi.yaml");
const operation = (key: string) => {
  const found = parsed.operations.find((one) => one.key === key);
  if (!found) throw new Error(`There is no ${key}`);
  return found;
};
const picked = (key: string, fixed: Record<string, unknown> = {}) => {
  const { inputSchema, refusal: _, ...rest } = operation(key);
  const texts = Object.entries(fixed).map(([name, value]) => [name, JSON.stringify(value)]);
  return {
    ...rest,
    inputSchema: JSON.stringify(inputSchema),
    fixed: Object.fromEntries(texts) as Record<string, string>,
    responsePath: null,
  };
};
const request = (key: string, input: Record<string, unknown>, fixed = {}) =>
  OpenApi.requestOf("https://pets.example/v1/", picked(key, fixed), input);

describe("an OpenAPI document", () => {
  test("names its service, its servers and how to say who calls", () => {
    const { title, version, servers, schemes } = parsed;
    expect({ title, version, servers, schemes }).toEqual({
      title: "Pets",
      version: "1.2",
      servers: ["https://pets.example/v1", "https://eu.pets.example/api"],
      schemes: [
        { name: "key", kind: "header", field: "X-Key" },
        { name: "login", kind: "basic", field: null },
      ],
    });
  });

  test("lists operations by names that models take, safe to repeat as RFC 9110 has it", () => {
    expect(parsed.operations.map((one) => [one.key, one.name, one.isSafeToRepeat])).toEqual([
      ["GET /pets", "list_pets", true],
      ["POST /pets", "addPet", false],
      ["PUT /pets/{id}", "put_pets_id", true],
      ["DELETE /pets/{id}", "delete_pets_id", true],
      ["POST /upload", "post_upload", false],
      ["GET /search", "get_search", true],
      ["GET /elsewhere", "get_elsewhere", true],
    ]);
  });

  test("makes the input's schema of parameters and body, references resolved, circles cut", () => {
    expect(operation("GET /pets").inputSchema).toEqual({
      type: "object",
      properties: {
        limit: { type: "integer", maximum: 50 },
        filter_kind_: { type: "object" },
        tags: { type: "array", items: { type: "string" } },
        "X-Trace": { type: "string" },
        constructor: { type: "string" },
      },
    });
    expect(operation("POST /pets").inputSchema).toEqual({
      type: "object",
      properties: {
        limit: { type: "integer", maximum: 50 },
        body: {
          type: "object",
          required: ["name"],
          properties: {
            name: { type: ["string", "null"], description: "What it is called" },
            parent: {},
          },
        },
      },
      required: ["body"],
    });
  });

  test("says of an operation why it cannot be called", () => {
    expect(operation("DELETE /pets/{id}").refusal).toMatch(/names \{id\}, which is not described/);
    expect(operation("POST /upload").refusal).toMatch(/multipart\/form-data; tools send JSON/);
    expect(operation("GET /elsewhere").refusal).toMatch(/another document/);
    expect(operation("GET /pets").refusal).toBeNull();
  });

  test.each([
    ["nothing", "", /no object/],
    ["Swagger 2.0", '{"swagger":"2.0","paths":{}}', /Convert it to OpenAPI 3/],
    ["another version", "openapi: 4.0.0\npaths: {}", /3\.0 or 3\.1/],
    ["no paths", "openapi: 3.1.0", /no paths/],
    ["broken JSON", '{"openapi":', /none\. Check it/],
    ["broken YAML", "openapi: [3.1.0", /neither JSON nor YAML/],
    ["deep YAML", `openapi: 3.1.0\npaths: ${"[".repeat(100_000)}`, /deeper than 200/],
    ["dashes", `openapi: 3.1.0\npaths:\n  ${"- ".repeat(100_000)}`, /deeper than 200/],
    ["long YAML", `openapi: 3.1.0\n#${"x".repeat(1_000_001)}`, /longer than/],
    [
      "aliases",
      `a: &a [${"x,".repeat(50)}]\nb: &b [${"*a,".repeat(50)}]\nc: [${"*b,".repeat(50)}]`,
      /neither/,
    ],
  ])("is refused where it is %s", async (_what, text, message) => {
    await expect(OpenApi.parse(text, null)).rejects.toThrow(message);
  });

  test("that is made to hurt costs a bounded answer", async () => {
    const ref = (i: number) => ({ $ref: `#/components/schemas/S${i}` });
    const wide = (f: (j: number) => unknown) =>
      Object.fromEntries(Array.from({ length: 30 }, (_, j) => [`p${j}`, f(j)]));
    const schemas = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [
        `S${i}`,
        { type: "object", properties: wide((j) => ref((i + j + 1) % 30)) },
      ]),
    );
    const post = { requestBody: { content: { "application/json": { schema: ref(0) } } } };
    const paths = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`/p${i}`, { post }]));
    const loop = { a: { $ref: "#/components/x/b" }, b: { $ref: "#/components/x/a" } };
    const root = {
      openapi: "3.1.0",
      paths: { "/loop": { get: { parameters: [{ $ref: "#/components/x/a" }] } }, ...paths },
      components: { schemas, x: loop },
    };
    const { operations } = await OpenApi.parse(JSON.stringify(root), null);
    expect(operations.length).toBe(1_000);
    expect(operations[0]?.refusal).toMatch(/circles/);
    expect(operations.at(-1)?.refusal).toMatch(/describes too much/);
    expect(JSON.stringify(operations).length).toBeLessThan(2_000_000);
  });
});

describe("the request of an operation", () => {
  test("puts each member where it goes, percent-encoded", () => {
    const input = {
      limit: 5,
      filter_kind_: { name: "a&b=c", of: "ü" },
      tags: ["x y", "z"],
      "X-Trace": "t",
      unknown: 1,
    };
    expect(request("GET /pets", input)).toEqual({
      method: "GET",
      url: "https://pets.example/v1/pets?limit=5&filter%5Bkind%5D%5Bname%5D=a%26b%3Dc&filter%5Bkind%5D%5Bof%5D=%C3%BC&tags=x%20y%2Cz",
      headers: { accept: "application/json, text/*;q=0.9, */*;q=0.1", "X-Trace": "t" },
    });
    const form = request("PUT /pets/{id}", { id: "a/b", body: { n: "x y", l: [1, 2] } });
    expect([form.url, form.body]).toEqual(["https://pets.example/v1/pets/a%2Fb", "n=x+y&l=1&l=2"]);
  });

  test("has the owner's values, whatever the model says, and the model is not told of them", () => {
    const fixed = { limit: 1, "body.name": "Rex" };
    const { url, body } = request(
      "POST /pets",
      { limit: 99, body: { name: "Evil", parent: {} } },
      fixed,
    );
    expect([url, body]).toEqual([
      "https://pets.example/v1/pets?limit=1",
      '{"name":"Rex","parent":{}}',
    ]);
    const told = OpenApi.schemaWithout(operation("POST /pets").inputSchema, Object.keys(fixed));
    expect(JSON.stringify(told)).not.toMatch(/limit|name/);
  });

  test.each([
    ["..", /empty or dots/],
    [".", /empty or dots/],
    ["", /empty or dots/],
    [["", ""], /^$/],
    [null, /is missing/],
  ])("stays at the operation's address with %j in its path", (id, message) => {
    const make = () => request("PUT /pets/{id}", { id }).url;
    if (message.source === "^$") expect(make()).toBe("https://pets.example/v1/pets/,");
    else expect(make).toThrow(message);
  });

  test("has the owner's values, also where the model says them as members of another parameter", () => {
    const asked = (input: Record<string, unknown>, base = "https://pets.example/v1?v=2") =>
      OpenApi.requestOf(base, picked("GET /search", { limit: 1 }), input);
    expect(asked({ where: { age: 3 } }).url).toBe(
      "https://pets.example/v1/search?v=2&limit=1&age=3",
    );
    for (const where of [{ limit: 99 }, { v: 1 }, { age: 3, where: 1 }]) {
      expect(() => asked({ where })).toThrow(/must not have a member of the name/);
    }
  });

  test("stays there whatever else is in the input", () => {
    const evil = [
      "//evil.example",
      "\\\\evil.example",
      "@evil.example",
      "%2e%2e",
      "..%2f..",
      "a?b#c",
      "\r\nHost: x",
      "．．",
      "\ud800",
    ];
    for (const id of evil) {
      const url = new URL(request("PUT /pets/{id}", { id }).url);
      expect(url.origin).toBe("https://pets.example");
      expect(url.pathname).toMatch(/^\/v1\/pets\/[^/?#\\]+$/);
    }
    expect(() => request("GET /pets", { "X-Trace": "a\r\nX: y" })).toThrow(
      /ASCII without line breaks/,
    );
  });
});

describe("an answer", () => {
  const content = (body: string | Uint8Array, contentType: string, path: string | null = null) =>
    OpenApi.contentOf({ status: 200, contentType, body: Buffer.from(body) }, path);

  test("is told as text, JSON without its white space, and only what lies at the path", () => {
    const json = '{ "items": [ {"name": "a", "x": 1}, {"name": "b"} ] }';
    const type = "application/json; charset=utf-8";
    expect(content(json, type)).toBe('{"items":[{"name":"a","x":1},{"name":"b"}]}');
    expect(content(json, type, "items.*.name")).toBe('["a","b"]');
    expect(content(json, type, "items.0.name")).toBe('"a"');
    expect(content(json, type, "items.9.name")).toMatch(/nothing at items\.9\.name/);
    expect(content('{"__proto__":{"a":1}}', type, "toString")).toMatch(/nothing at toString/);
    expect(content("<p>", "text/html")).toBe("<p>");
    expect(content(Buffer.from([0xe9]), "text/plain; charset=latin1")).toBe("é");
    expect(content("x", "text/plain; charset=nonsense")).toBe("x");
    expect(content(Buffer.alloc(9), "image/png")).toBe(
      "[Answered with 9 bytes of image/png, which is no text.]",
    );
    expect(content("", "")).toMatch(/without a body/);
    expect(content("{broken", type)).toBe("{broken");
  });
});
