import type { Json } from "../backend.ts";
import type { ChatBody } from "./concessions.ts";
import { invalid } from "../exception.ts";
import type { Content, ConverseRequest, Message, Tool } from "../converse-request.ts";

/** A Converse request as the body of `POST /chat/completions`. */
export function toChatCompletion(request: ConverseRequest, model: string): ChatBody {
  const { system, messages, maxTokens, temperature, topP, stopSequences, format, tools } = request;
  return {
    model,
    messages: [
      ...(system.length > 0 ? [{ role: "system", content: system.join("\n\n") }] : []),
      ...messages.flatMap(toChatMessages),
    ],
    ...(tools && tools.length > 0 && { tools: tools.map(toFunction) }),
    stream: true,
    // Without it the stream says nothing of tokens.
    stream_options: { include_usage: true },
    ...(format && { response_format: toResponseFormat(format) }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(stopSequences.length === 0 ? {} : { stop: stopSequences }),
  };
}

/** JSON of any shape has a name of its own there. */
const toResponseFormat = ({ name, schema }: NonNullable<ConverseRequest["format"]>): Json =>
  JSON.stringify(schema) === '{"type":"object"}'
    ? { type: "json_object" }
    : { type: "json_schema", json_schema: { name, schema: schema as Json, strict: true } };

const toFunction = ({ name, description, inputSchema }: Tool): Json => ({
  type: "function",
  function: { name, description, parameters: inputSchema },
});

/** Results are messages of their own there, before what the user says beside them. */
function toChatMessages(message: Message): Json[] {
  const results = message.content.flatMap((part): Json[] =>
    part.kind === "toolResult" ? [{ role: "tool", tool_call_id: part.id, content: part.text }] : [],
  );
  const rest = message.content.filter(({ kind }) => kind !== "toolResult" && kind !== "toolUse");
  const calls = message.content.flatMap(toCall);
  if (calls.length > 0) {
    const { content } = toChatMessage({ ...message, content: rest });
    return [{ role: "assistant", content: content === "" ? null : content, tool_calls: calls }];
  }
  return rest.length === 0 ? results : [...results, toChatMessage({ ...message, content: rest })];
}

const toCall = (part: Content): Json[] =>
  part.kind === "toolUse"
    ? [
        {
          id: part.id,
          type: "function",
          function: { name: part.name, arguments: JSON.stringify(part.input) },
        },
      ]
    : [];

/** Plain text stays a string: small servers know no parts. */
function toChatMessage({ role, content }: Message): { role: string; content: Json } {
  const parts = content.flatMap(toPart);
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return { role, content: texts.length === parts.length ? texts.join("\n\n") : parts };
}

type Part = { type: "text"; text: string } | { type: "image_url"; image_url: { url: string } };

const textFormats = new Set(["txt", "md", "csv", "html"]);

function toPart(part: Content): Part[] {
  if (part.kind === "text") return [{ type: "text", text: part.text }];
  if (part.kind === "image") {
    const data = Buffer.from(part.bytes).toString("base64");
    return [{ type: "image_url", image_url: { url: `data:image/${part.format};base64,${data}` } }];
  }
  if (part.kind !== "document") return [];
  if (!textFormats.has(part.format)) {
    throw invalid(`This model doesn't support documents of format ${part.format}.`);
  }
  const text = new TextDecoder().decode(part.bytes);
  return [{ type: "text", text: `<document name="${part.name}">\n${text}\n</document>` }];
}
