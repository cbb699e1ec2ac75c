import type { Env, Handler, Hono } from "hono";
import { generateSpecs } from "hono-openapi";

const phrases: Record<number, string> = {
  200: "Done",
  201: "Created",
  202: "Accepted: it is being carried out",
  204: "Gone",
};

/** For `describeRoute`: the statuses of success, where 200 is not the only one. */
export const answers = (...statuses: number[]) =>
  Object.fromEntries(
    statuses.map((status) => [status, { description: phrases[status] ?? "Done" }]),
  );

const documentation = {
  openapi: "3.1.0",
  info: {
    title: "Outlet control API",
    version: "1",
    description: "Bots, their publications and keys.",
  },
  components: {
    securitySchemes: {
      bearer: { type: "http" as const, scheme: "bearer", bearerFormat: "JWT" },
    },
  },
  security: [{ bearer: [] }],
};

/** RFC 9457, with an `error` member as OpenAI's clients read it. */
const problem = {
  type: "object",
  required: ["type", "title", "status", "detail", "instance", "error", "requestId"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
    error: {
      type: "object",
      properties: {
        message: { type: "string" },
        type: { type: "string" },
        param: { type: ["string", "null"] },
        code: { type: "string" },
      },
    },
    requestId: { type: "string" },
  },
};

interface Operation {
  responses?: Record<string, object>;
}

/**
 * This API as OpenAPI 3.1. The routes say what they are for and what they take; what holds for all
 * of them is added here: an answer where all goes well, and the problem document.
 */
export function describeApi<E extends Env>(app: Hono<E, never, string>): Handler<E> {
  let described: Promise<object> | undefined;
  return async (c) => c.json(await (described ??= describe(app)));
}

async function describe<E extends Env>(app: Hono<E, never, string>): Promise<object> {
  const generated = await generateSpecs(app, { documentation, excludeStaticFile: false });
  const paths = Object.entries(generated.paths).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item).map(([method, operation]) => [method, complete(operation as Operation)]),
    ),
  ]);
  const components = { ...generated.components, schemas: { Problem: problem } };
  return { ...generated, paths: Object.fromEntries(paths), components };
}

function complete(operation: Operation): Operation {
  // hono-openapi's own idea of a failed validation, which is not ours.
  const { "400": _, ...responses } = operation.responses ?? {};
  return {
    ...operation,
    responses: {
      ...(Object.keys(responses).length > 0 ? responses : answers(200)),
      default: {
        description: "A problem; docs/errors.md lists their codes",
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      },
    },
  };
}
