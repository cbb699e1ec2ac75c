import { Problem } from "@outlet/core/foundation/problem";
import { silentLog } from "@outlet/core/ports";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { guardedAnswers } from "./guards.ts";
import { createErrorHandler, createNotFoundHandler } from "./problems.ts";

const app = new Hono();
app.use(guardedAnswers());
app.onError(createErrorHandler(silentLog));
app.notFound(createNotFoundHandler(() => []));
app.get("/mine", (c) => c.text("mine"));
app.get("/refused", () => {
  throw new Problem.ProblemError("publish_not_allowed", "No.");
});
app.get("/broken", () => {
  throw new Error("A defect.");
});

test.each([
  ["/mine", 200],
  ["/refused", 403],
  ["/nowhere", 404],
  ["/broken", 500],
])(
  "%s, which is answered %i, is for no cache to keep and for nobody else",
  async (path, status) => {
    const answer = await app.request(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  },
);
