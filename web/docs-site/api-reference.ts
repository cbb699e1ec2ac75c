import { Bot } from "@outlet/core/bots/bot";
import { createControlApi } from "@outlet/functions/control-api/app";
import { describeApi } from "@outlet/functions/published-api/openapi/document";
import * as v from "valibot";
import { codeBlock, wide } from "./markdown.ts";
import { type DocsPage, escapeHtml, type Section } from "./page.ts";

const Schema = v.record(v.string(), v.unknown());
type Schema = v.InferOutput<typeof Schema>;
const Content = v.optional(v.record(v.string(), v.object({ schema: v.optional(Schema, {}) })), {});
const Operation = v.object({
  summary: v.optional(v.string(), ""),
  description: v.optional(v.string(), ""),
  parameters: v.optional(
    v.array(
      v.object({
        in: v.string(),
        name: v.string(),
        required: v.optional(v.boolean(), false),
        schema: v.optional(Schema, {}),
      }),
    ),
    [],
  ),
  requestBody: v.optional(v.object({ content: Content })),
  responses: v.record(v.string(), v.object({ description: v.string(), content: Content })),
});
type Operation = v.InferOutput<typeof Operation>;
const Document = v.object({
  paths: v.record(v.string(), v.record(v.string(), Operation)),
  components: v.object({ schemas: v.optional(v.record(v.string(), Schema), {}) }),
});
type Document = v.InferOutput<typeof Document>;

/** Whose routes are described: nothing of it is called. */
const nobody = { authentication: { issuer: "http://localhost", clientIds: [] } } as never;

const sample = v.parse(Bot.Info, {
  botId: "BOT",
  ownerId: "OWNER",
  title: "A published bot",
  description: "",
  instruction: "",
  model: "bot",
  callerModels: [],
  generation: {},
  scope: "all",
  allowedUsers: [],
  allowedGroups: [],
  syncStatus: "SUCCEEDED",
  showSources: true,
  createdAt: 0,
  updatedAt: 0,
});

export interface ApiDescription {
  page: DocsPage;
  /** As OpenAPI 3.1, for tools. */
  fileName: string;
  document: unknown;
}

/** Both APIs, from the descriptions that they give of themselves. */
export async function describeApis(): Promise<ApiDescription[]> {
  const answer = await createControlApi(nobody).request("/api/openapi.json");
  const control: unknown = await answer.json();
  const published = describeApi(sample, "https://ENDPOINT");
  return [
    {
      fileName: "published-api.openapi.json",
      document: published,
      page: toPage(published, {
        slug: "reference/published-api",
        title: "Published API: every route",
        summary: "The routes of a published bot, from the description that it gives of itself.",
        file: "published-api.openapi.json",
      }),
    },
    {
      fileName: "control-api.openapi.json",
      document: control,
      page: toPage(control, {
        slug: "reference/control-api",
        title: "Control API: every route",
        summary: "What the console and scripts call, from the description the API gives of itself.",
        file: "control-api.openapi.json",
      }),
    },
  ];
}

function toPage(
  described: unknown,
  about: { slug: string; title: string; summary: string; file: string },
): DocsPage {
  const { paths, components } = v.parse(Document, described);
  const sections: Section[] = [{ anchor: "", heading: about.title, level: 1, text: about.summary }];
  let html = `<h1>${escapeHtml(about.title)}</h1>\n<p>${escapeHtml(about.summary)} `;
  html += `<a href="/docs/${about.file}">OpenAPI 3.1</a></p>\n`;
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const name = `${method.toUpperCase()} ${path}`;
      const anchor = name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/-$/, "");
      sections.push({ anchor, heading: name, level: 2, text: operation.summary });
      html += `<h2 id="${anchor}"><code>${escapeHtml(name)}</code></h2>\n`;
      html += operationHtml(operation, components.schemas);
    }
  }
  const { slug, title, summary } = about;
  return { slug, title, summary, group: "Reference", html, sections };
}

type Schemas = Document["components"]["schemas"];

function operationHtml(operation: Operation, schemas: Schemas): string {
  const { summary, description, parameters, requestBody, responses } = operation;
  let html = `<p>${escapeHtml(summary)}</p>\n`;
  if (description) html += `<p>${escapeHtml(description)}</p>\n`;
  const rows = parameters.map(({ in: place, name, required, schema }) => [
    code(name),
    escapeHtml(place),
    typeOf(schema, schemas),
    required ? "yes" : "",
  ]);
  if (rows.length > 0) html += table("Parameters", ["Parameter", "In", "Type", "Required"], rows);
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  if (body) html += bodyHtml(body, schemas);
  const answers = Object.entries(responses).map(([status, answer]) => [
    escapeHtml(status === "default" ? "otherwise" : status),
    escapeHtml(answer.description),
    Object.keys(answer.content).map(code).join(" "),
  ]);
  return html + table("Answers", ["Status", "Answer", "Type"], answers);
}

/** The members of a body, or its whole schema where it has none to list. */
function bodyHtml(schema: Schema, schemas: Schemas): string {
  const { properties, required } = resolved(schema, schemas);
  const members = v.safeParse(v.record(v.string(), Schema), properties);
  if (!members.success) return codeBlock(JSON.stringify(schema, null, 2), "json");
  const needed = Array.isArray(required) ? required : [];
  const rows = Object.entries(members.output).map(([name, member]) => [
    code(name),
    typeOf(member, schemas),
    needed.includes(name) ? "yes" : "",
    typeof member["description"] === "string" ? escapeHtml(member["description"]) : "",
  ]);
  return table("Body", ["Member of the body", "Type", "Required", ""], rows);
}

function resolved(schema: Schema, schemas: Schemas): Schema {
  const ref = schema["$ref"];
  if (typeof ref !== "string") return schema;
  return schemas[ref.replace("#/components/schemas/", "")] ?? schema;
}

function typeOf(schema: Schema, schemas: Schemas): string {
  const { type, enum: values, anyOf, items, const: only } = resolved(schema, schemas);
  if (only !== undefined) return code(JSON.stringify(only));
  if (Array.isArray(values)) return values.map((value) => code(JSON.stringify(value))).join(" ");
  const options = v.safeParse(v.array(Schema), anyOf);
  if (options.success) return options.output.map((one) => typeOf(one, schemas)).join(" or ");
  const of = v.safeParse(Schema, items);
  if (type === "array" && of.success) return `array of ${typeOf(of.output, schemas)}`;
  if (Array.isArray(type)) return escapeHtml(type.join(" or "));
  return typeof type === "string" ? escapeHtml(type) : "any";
}

const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;

function table(label: string, head: string[], rows: string[][]): string {
  const cells = (row: string[], tag: string) =>
    row.map((cell) => `<${tag}>${cell}</${tag}>`).join("");
  const body = rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("");
  return wide(
    `<table><thead><tr>${cells(head, "th")}</tr></thead><tbody>${body}</tbody></table>`,
    label,
  );
}
