import { createControlApi } from "@outlet/functions/control-api/app";
import { beforeAll, describe, expect, test } from "vitest";
import {
  memberOf,
  type Path,
  pathsOf,
  type Setting,
  settingOf,
  switches,
  toText,
} from "~/page-parts/publication/settings.ts";
import type { Publication } from "../queries.ts";
import { boundsOf } from "./setting-bounds.ts";
import { fromText, toBody, toFields } from "./settings-draft.ts";

/** As much of JSON Schema as the description of the API uses for its settings. */
interface Schema {
  type?: string;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
  default?: unknown;
  enum?: string[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  pattern?: string;
}
type Operation = { requestBody: { content: { "application/json": { schema: Schema } } } };

// Describing the routes reaches no port.
const api = createControlApi({
  authentication: { issuer: "http://localhost", clientIds: [] },
} as never);
const paths = pathsOf("address", "limits", "webhook", "alerts");

let publish: Schema;
let edit: Schema;
beforeAll(async () => {
  const described = (await (await api.request("/api/openapi.json")).json()) as {
    paths: Record<string, { post: Operation; patch: Operation }>;
  };
  const route = described.paths["/api/bots/{botId}/publication"];
  if (!route) throw new Error("The API does not describe its publications.");
  publish = route.post.requestBody.content["application/json"].schema;
  edit = route.patch.requestBody.content["application/json"].schema;
});

/** Without "or null". */
const bare = (schema: Schema): Schema =>
  schema.anyOf?.find(({ type }) => type !== "null") ?? schema;
const isNullable = (schema: Schema) => schema.anyOf?.some(({ type }) => type === "null") ?? false;

function leavesOf(schema: Schema, before = ""): [path: string, leaf: Schema][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    bare(inner).properties
      ? leavesOf(bare(inner), `${before}${name}.`)
      : [[before + name, inner] as [string, Schema]],
  );
}

describe("the console's settings of a publication", () => {
  test("are those that the API takes, and change in place what the API changes in place", () => {
    expect([...paths].sort()).toEqual(
      leavesOf(publish)
        .map(([path]) => path)
        .sort(),
    );
    expect(pathsOf("limits", "webhook", "alerts").sort()).toEqual(
      leavesOf(edit)
        .map(([path]) => path)
        .sort(),
    );
  });

  test("are switched off where the API takes null", () => {
    const nullable = Object.entries(publish.properties ?? {}).filter(([, s]) => isNullable(s));
    expect(Object.keys(switches)).toEqual(nullable.map(([name]) => name));
  });

  test("have the API's bounds", () => {
    for (const [path, schema] of leavesOf(publish)) {
      const setting: Setting = settingOf(path as Path);
      const leaf = bare(schema);
      const kind = { number: "number", integer: "number", array: "lines" }[leaf.type ?? ""];
      expect([path, setting.control]).toEqual([path, kind ?? (leaf.enum ? "choice" : "text")]);
      if (setting.control === "number") {
        expect([path, setting.whole ?? false]).toEqual([path, leaf.type === "integer"]);
        expect([path, setting.most]).toEqual([path, leaf.maximum]);
        expect([path, setting.least]).toEqual([path, leaf.minimum]);
        // Where the API checks "more than" in words only, it describes no such bound.
        if (leaf.exclusiveMinimum !== undefined) {
          expect([path, setting.above]).toEqual([path, leaf.exclusiveMinimum]);
        }
      }
      if (setting.control === "choice") expect(Object.keys(setting.options)).toEqual(leaf.enum);
      if (setting.control === "text") {
        const ours = new RegExp(`^(?:${setting.pattern})$`, "v");
        const theirs = new RegExp(leaf.pattern ?? "");
        for (const text of ["api", "a_b-C9", "", "a b", "ä", "a/b", "x".repeat(129)]) {
          expect([text, ours.test(text)]).toEqual([text, theirs.test(text)]);
        }
      }
    }
  });

  test("begin with what the API does where nothing is said", () => {
    const said = Object.entries(publish.properties ?? {}).map(([name, schema]) => [
      name,
      schema.default,
    ]);
    const never = { stage: null, throttle: null, quota: null } as Publication;
    expect(toBody(paths, toFields(paths, never))).toEqual(Object.fromEntries(said));
  });

  test("are sent back as they came", () => {
    const publication = {
      stage: "v1",
      throttle: null,
      quota: { limit: 7, period: "MONTH" },
      budget: { spendMicroUsd: null, runs: 12, period: "TOTAL" },
      allowedOrigins: ["https://a.example", "*"],
      retentionDays: 3,
      alerts: {
        errorRatePercent: 2.5,
        p99Ms: null,
        quotaUsedPercent: 80,
        monthlySpendMicroUsd: 12_345_678,
        emails: ["ann@example.com"],
      },
    } as Publication;
    expect(toBody(paths, toFields(paths, publication))).toMatchObject(publication);
  });

  test("of some cards only leave the others out of the body", () => {
    const body = toBody(pathsOf("alerts"), toFields(pathsOf("alerts"), {} as Publication));
    expect(Object.keys(body)).toEqual(["alerts"]);
  });

  test("are typed one a line, and money in the unit that people count in", () => {
    const origins = settingOf("allowedOrigins");
    expect(fromText(origins, " https://a.example,\n\n* ")).toEqual(["https://a.example", "*"]);
    const spend = settingOf("alerts.monthlySpendMicroUsd");
    expect([fromText(spend, "0.1"), toText(spend, 100_000)]).toEqual([100_000, "0.1"]);
    expect([fromText(spend, " "), toText(spend, null)]).toEqual([null, ""]);
  });

  test("tell the browser bounds in the unit that is typed", () => {
    const bounds = (path: Path) => {
      const setting = settingOf(path);
      return setting.control === "number" ? boundsOf(setting) : null;
    };
    expect(bounds("throttle.burstLimit")).toEqual({ min: 1, max: 5_000, step: 1 });
    expect(bounds("throttle.rateLimit")).toEqual({ min: 0, max: 10_000, step: "any" });
    expect(bounds("alerts.monthlySpendMicroUsd")).toMatchObject({ max: 1_000_000, step: "any" });
    expect(memberOf("throttle.burstLimit")).toBe("throttle");
  });
});
