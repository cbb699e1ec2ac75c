import * as Run from "@outlet/core/conversations/run";
import type { Content } from "@outlet/core/conversations/run";
import * as v from "valibot";
import { invalidRequest } from "../../http/problems.ts";
import type { PublishedApiDeps } from "../deps.ts";
import { idsOf } from "./response-object.ts";
import { inputOf } from "./stored.ts";

const Query = v.object({
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[0-9]{1,3}$/, "must be a whole number from 1 to 100"),
      v.transform(Number),
      v.minValue(1),
      v.maxValue(100),
    ),
    "20",
  ),
  order: v.optional(v.picklist(["asc", "desc"]), "desc"),
  after: v.optional(v.string()),
});

/**
 * What its client sent with one request, and never the bot's instruction.
 * https://platform.openai.com/docs/api-reference/responses/input-items
 */
export async function inputItems(
  deps: Pick<PublishedApiDeps, "objects">,
  run: Run.Info,
  query: Record<string, string>,
) {
  const parsed = v.safeParse(Query, query);
  if (!parsed.success) throw invalidRequest(parsed.issues);
  const { limit, order, after } = parsed.output;
  const { message } = idsOf(run);
  const items = inputOf(run).map((item, index) => ({ ...item, id: `${message}_in${index}` }));
  if (order === "desc") items.reverse();
  const from = items.findIndex(({ id }) => id === after) + 1;
  const page = items.slice(from, from + limit);
  const data = [];
  // One after the other: together they may be large.
  for (const { id, role, content } of page) {
    const parts = [];
    for (const part of content) parts.push(...(await partView(deps, part, role)));
    data.push({ id, type: "message", status: "completed", role, content: parts });
  }
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + limit < items.length,
  };
}

async function partView(
  { objects }: Pick<PublishedApiDeps, "objects">,
  part: Content,
  role: string,
) {
  switch (part.contentType) {
    case "text":
      return role === "assistant"
        ? [{ type: "output_text", text: part.body, annotations: [], logprobs: [] }]
        : [{ type: "input_text", text: part.body }];
    case "image": {
      const image_url = `data:${part.mediaType};base64,${await Run.base64Of(objects, part.data)}`;
      return [{ type: "input_image", image_url, detail: "auto", file_id: null }];
    }
    case "attachment":
      return [{ type: "input_file", filename: part.fileName, file_id: null }];
    case "reasoning":
      return [];
  }
}
