import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Problem } from "./index.ts";

const page = readFileSync(new URL("../../../../../docs/errors.md", import.meta.url), "utf8");

test("every code has a row in docs/errors.md with its status, and every row a code", () => {
  const rows = [...page.matchAll(/^\| `([a-z_]+)` \| (\d{3})/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ]);
  const codes = Object.entries(Problem.codes).map(([code, { status }]) => [code, status]);
  expect(rows.toSorted()).toEqual(codes.toSorted());
});

test("the document says the same to RFC 9457 and to OpenAI's clients", () => {
  const problem = new Problem.ProblemError("model_not_allowed", {
    message: "No.",
    param: "model",
    extra: { allowed: ["a"], status: 200 },
  });
  expect(Problem.toDocument(problem, "/conversation", "r1")).toEqual({
    type: "urn:outlet:problem:model_not_allowed",
    title: "Model not allowed",
    status: 422,
    detail: "No.",
    instance: "/conversation",
    allowed: ["a"],
    error: {
      message: "No.",
      type: "invalid_request_error",
      param: "model",
      code: "model_not_allowed",
    },
    requestId: "r1",
  });
});
