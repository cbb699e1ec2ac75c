import { Validator } from "@seriousme/openapi-schema-validator";
import { beforeAll, describe, expect, test } from "vitest";
import { createControlApi } from "./app.ts";

interface Operation {
  operationId: string;
  summary: string;
  parameters?: { in: string; name: string; required?: boolean }[];
  responses: Record<string, unknown>;
  security?: unknown[];
}

// Nothing of it is called: neither describing the routes nor walking them reaches a port.
const app = createControlApi({
  authentication: { issuer: "http://localhost", clientIds: [] },
} as never);

type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
};

let document: Document;
beforeAll(async () => {
  document = (await (await app.request("/api/openapi.json")).json()) as Document;
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  );

describe("the description of the control API", () => {
  test("is OpenAPI 3.1 by the specification's own schema", async () => {
    const outcome = await new Validator().validate(structuredClone(document));
    expect(outcome).toEqual({ valid: true });
    expect(document.openapi).toBe("3.1.0");
  });

  test("has every route and no other", () => {
    const routes = app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replace(/:([A-Za-z]+)/g, "{$1}")}`);
    const described = operations().map(({ name }) => name);
    expect(described.toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  test("declares every id of a path, an answer of success and the problem document", () => {
    for (const { name, path, operation } of operations()) {
      const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => id);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
      expect([name, declared.map((parameter) => parameter.name)]).toEqual([name, ids]);
      const statuses = Object.keys(operation.responses);
      expect([name, statuses.some((status) => status.startsWith("2"))]).toEqual([name, true]);
      expect([name, statuses.includes("default"), statuses.includes("400")]).toEqual([
        name,
        true,
        false,
      ]);
      expect(operation.summary).toBeTruthy();
    }
  });

  test("says which routes need no token", () => {
    const open = operations().filter(({ operation }) => operation.security?.length === 0);
    expect(open.map(({ name }) => name)).toEqual(["GET /api/health", "GET /api/openapi.json"]);
  });
});
