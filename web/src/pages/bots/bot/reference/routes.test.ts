import {
  mcpOperations,
  nativeOperations,
  openaiOperations,
  publicOperations,
} from "@outlet/functions/published-api/openapi/operations";
import { describe, expect, test } from "vitest";
import { faces } from "./routes.ts";

const methodsOf = (operations: Record<string, object>): string[] =>
  Object.entries(operations).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((name) => /^(get|post|put|patch|delete)$/.test(name))
      .map((name) => `${name.toUpperCase()} ${path}`),
  );
const shown = (face: keyof typeof faces): string[] =>
  faces[face].map(({ method, path }) => `${method} ${path}`);

describe("the page Reference has every route that the OpenAPI document has", () => {
  test.each([
    ["native", nativeOperations()],
    ["openai", openaiOperations(["bot"])],
    ["mcp", mcpOperations("")],
    ["about", publicOperations()],
  ] as const)("of the face %s", (face, operations) => {
    expect(shown(face).sort()).toEqual(methodsOf(operations).sort());
  });
});
