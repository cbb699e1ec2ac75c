import * as Text from "@outlet/core/foundation/text";
import {
  type BasePassage,
  type KnowledgeBases,
  KnowledgeBaseUnavailable,
  type Place,
} from "@outlet/core/ports";
import * as v from "valibot";
import * as Members from "@outlet/core/foundation/members";
import type { JsonClient } from "./lean/json-client.ts";
import { BrokenAnswer, NoAnswer, ServiceError } from "./lean/service-error.ts";

/** Of one try. A run waits for it; a base on a store that has slept takes longer and is left out. */
const timeoutMs = 8_000;
/** Of the API: 20,000. Of more of a question, nothing better is found. */
const questionMax = 8_000;
const resultsMax = 100;
/** Characters of one passage that are given on; a base may be cut into larger ones than a model reads. */
const passageMax = 6_000;
/** Of names and addresses, which are stored with each answer. */
const nameMax = 300;
const uriMax = 1_000;

/** Each kind of place has one of these. */
const Where = v.nullish(
  v.object({ url: v.nullish(v.string()), uri: v.nullish(v.string()), id: v.nullish(v.string()) }),
);

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_KnowledgeBaseRetrievalResult.html */
const Result = v.object({
  content: v.object({
    text: v.nullish(v.string()),
    /** Of a base on a database: one row. */
    row: v.nullish(
      v.array(v.object({ columnName: v.nullish(v.string()), columnValue: v.nullish(v.string()) })),
    ),
    audio: v.nullish(v.object({ transcription: v.nullish(v.string()) })),
    video: v.nullish(v.object({ summary: v.nullish(v.string()) })),
  }),
  location: v.nullish(
    v.object({
      s3Location: Where,
      webLocation: Where,
      confluenceLocation: Where,
      salesforceLocation: Where,
      sharePointLocation: Where,
      oneDriveLocation: Where,
      googleDriveLocation: Where,
      kendraDocumentLocation: Where,
      customDocumentLocation: Where,
    }),
  ),
  metadata: v.nullish(Members.of(v.string(), v.unknown())),
  score: v.nullish(v.number()),
  documentId: v.nullish(v.string()),
});
type Result = v.InferOutput<typeof Result>;
/** Each by itself: one that is not understood leaves the others. */
const Answer = v.object({ retrievalResults: v.array(v.unknown()) });

/**
 * The port on Bedrock's Retrieve
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html).
 * @example createBedrockKnowledgeBases({ client: createJsonClient("bedrock-agent-runtime", { region }) })
 */
export const createBedrockKnowledgeBases = ({
  client,
}: {
  client: JsonClient;
}): KnowledgeBases => ({
  async retrieve(knowledgeBaseId, question, limit) {
    const numberOfResults = Math.min(limit, resultsMax);
    const body = {
      retrievalQuery: { text: Text.cut(question, questionMax) },
      retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults } },
    };
    const path = `/knowledgebases/${encodeURIComponent(knowledgeBaseId)}/retrieve`;
    try {
      const { retrievalResults } = v.parse(Answer, await client.call(path, body, { timeoutMs }));
      return retrievalResults.slice(0, numberOfResults).flatMap(toPassage);
    } catch (cause) {
      throw new KnowledgeBaseUnavailable(reasonOf(knowledgeBaseId, cause), { cause });
    }
  },
});

function toPassage(value: unknown): BasePassage[] {
  const read = v.safeParse(Result, value);
  const text = read.success ? textOf(read.output.content) : "";
  if (!read.success || text === "") return [];
  const { metadata, score, documentId } = read.output;
  const uri = uriOf(read.output) ?? documentId ?? "unknown";
  return [
    {
      uri: Text.cut(uri, uriMax),
      source: Text.cut(nameOf(metadata ?? {}, uri), nameMax),
      text: Text.cut(text, passageMax),
      place: placeOf(metadata ?? {}),
      score: score ?? 0,
    },
  ];
}

function textOf({ text, row, audio, video }: Result["content"]): string {
  const cells = row?.map(
    ({ columnName, columnValue }) => `${columnName ?? ""}: ${columnValue ?? ""}`,
  );
  const said = text || cells?.join("\n") || audio?.transcription || video?.summary || "";
  return said.toWellFormed().trim();
}

/** Where a base keeps a document's address among its metadata. */
const uriKey = "x-amz-bedrock-kb-source-uri";
const pageKey = "x-amz-bedrock-kb-document-page-number";

function uriOf({ location, metadata }: Result): string | undefined {
  const places = location ? Object.values(location) : [];
  const [known] = places.flatMap((place) => place?.uri || place?.url || place?.id || []);
  const said = metadata?.[uriKey];
  return known ?? (typeof said === "string" && said !== "" ? said : undefined);
}

/** A title where the base has one, else the last part of the address: `s3://bucket/manuals/air.pdf`. */
function nameOf(metadata: Record<string, unknown>, uri: string): string {
  const { title } = metadata;
  if (typeof title === "string" && title.trim() !== "") return title.trim();
  const [path = ""] = uri.split(/[?#]/, 1);
  const last = path.split("/").findLast((part) => part !== "") ?? "";
  // Of a site's first page the address itself.
  if (last === "" || /^https?:\/\/[^/]*\/?$/.test(path)) return uri;
  try {
    return decodeURIComponent(last).toWellFormed();
  } catch {
    return last;
  }
}

function placeOf(metadata: Record<string, unknown>): Place {
  const page = Number(metadata[pageKey]);
  return Number.isFinite(page) && page >= 1
    ? { page: Math.trunc(page), headings: [] }
    : { headings: [] };
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html#API_agent-runtime_Retrieve_Errors */
function reasonOf(id: string, cause: unknown): string {
  const base = `The knowledge base ${id}`;
  if (cause instanceof NoAnswer) {
    return `${base} did not answer in time. If it has not been asked for a while, ask again in a minute.`;
  }
  if (cause instanceof BrokenAnswer || cause instanceof v.ValiError) {
    return `${base} gave an answer that cannot be read.`;
  }
  if (!(cause instanceof ServiceError)) return `${base} could not be asked.`;
  switch (cause.name) {
    case "ResourceNotFoundException":
      return `${base} is not there, in this Region and account. Choose another one.`;
    case "AccessDeniedException":
      return `${base} may not be asked by Outlet. Whoever runs this installation names it in OUTLET_KNOWLEDGE_BASES and deploys again.`;
    case "ThrottlingException":
    case "ServiceQuotaExceededException":
      return `${base} is asked too often at the moment. Ask again in a minute, or raise the quota of Retrieve requests in the account.`;
    case "ValidationException":
      return `${base} refused the question: ${Text.cut(cause.message, 300)}`;
    case "ConflictException":
    case "DependencyFailedException":
    case "BadGatewayException":
      return `${base} cannot reach the store of its vectors at the moment. Ask again in a minute; if that goes on, look at the store in the AWS console.`;
    default:
      return `${base} failed (${Text.cut(cause.name, 60)}). Ask again in a minute.`;
  }
}
