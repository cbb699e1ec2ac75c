import { chainUpTo, walkUpTo } from "../conversation/chain.ts";
import type { ModelContent, ModelMessage, ObjectStore, Table } from "../../ports/index.ts";
import { type Content, Run, textOf } from "../run/index.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
}

/** What a request may carry besides text; the newest messages come first. */
interface Room {
  images: number;
  documents: number;
  bytes: number;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html */
const createRoom = (): Room => ({ images: 20, documents: 5, bytes: 20_000_000 });

/** A cautious average over languages; the model refuses what is really too long. */
const charactersPerToken = 3;
const imageTokens = 1_600;
const runsMax = 60;
/** A chain shorter than this may have lost its way to a run whose id is out of order. */
const lookUpsMax = 10;

/**
 * The message of a run and the turns before it, oldest first, as far back as they fit into half of
 * the model's context.
 * @param before the runs before it, see {@link listEarlier}.
 */
export async function readMessages(
  deps: Pick<Deps, "objects">,
  run: Run.Info,
  before: readonly Run.State[],
  contextTokens: number,
): Promise<{ question: ModelContent[]; history: ModelMessage[] }> {
  const room = createRoom();
  const question = await toModel(deps.objects, run.content, room);
  if (run.continues) question.unshift({ type: "text", text: continuation });
  const history: ModelMessage[] = [];
  let budget = (contextTokens / 2) * charactersPerToken;
  for (const state of before.toReversed()) {
    const earlier = await Run.load(deps, state);
    const said = textOf(earlier.answer ?? []);
    if (!said) continue;
    budget -= said.length + sizeOf(earlier.content);
    if (budget < 0) break;
    history.unshift(
      { role: "user", content: await toModel(deps.objects, earlier.content, room) },
      { role: "assistant", content: [{ type: "text", text: said }] },
    );
  }
  return { question, history };
}

/** Asked for in words: not every model takes an answer of its own to go on with. */
const continuation =
  "Your last answer was cut off by the token limit. Go on exactly where it ends. Repeat nothing of it, and do not comment on the interruption.";

/** The runs before this one, oldest first, without what was said in them. */
export async function listEarlier(deps: Pick<Deps, "table">, run: Run.State): Promise<Run.State[]> {
  const { parent, runId } = run;
  if (parent === null || parent === "system") return [];
  const newest = await Run.listNewest(deps.table, run, {
    limit: runsMax,
    // What waits behind this run is newer than both.
    upTo: parent > runId ? parent : runId,
  });
  const runs = new Map(newest.map((earlier) => [earlier.runId, earlier]));
  runs.set(runId, run);
  for (let lookUps = 0; lookUps < lookUpsMax; lookUps++) {
    const { chain, missing } = walkUpTo(runs, runId);
    if (missing === undefined || chain.length > lookUpsMax) break;
    const found = await Run.peek(deps.table, run, missing);
    if (!found) break;
    runs.set(found.runId, found);
  }
  return chainUpTo(runs, runId).slice(0, -1);
}

/** About how many characters a message is worth. */
function sizeOf(content: readonly Content[]): number {
  const sizes = content.map((part) => {
    if (part.contentType === "image") return imageTokens * charactersPerToken;
    if (part.contentType === "attachment") return part.data.size;
    return part.contentType === "text" ? part.body.length : 0;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function toModel(
  objects: ObjectStore,
  content: readonly Content[],
  room: Room,
): Promise<ModelContent[]> {
  const parts: ModelContent[] = [];
  for (const part of content) {
    if (part.contentType === "text") parts.push({ type: "text", text: part.body });
    else if (part.contentType === "image" || part.contentType === "attachment") {
      parts.push(await toBinary(objects, part, room));
    }
  }
  return parts;
}

async function toBinary(
  objects: ObjectStore,
  part: Content & { contentType: "image" | "attachment" },
  room: Room,
): Promise<ModelContent> {
  const kind = part.contentType === "image" ? "images" : "documents";
  const name = part.contentType === "image" ? "An image" : `The file ${part.fileName}`;
  if (room[kind] === 0 || room.bytes < part.data.size) {
    return { type: "text", text: `[${name} of this message is left out here.]` };
  }
  room[kind] -= 1;
  room.bytes -= part.data.size;
  const bytes = await Run.bytesOf(objects, part.data);
  if (part.contentType === "image") {
    return { type: "image", format: imageFormat(part.mediaType), bytes };
  }
  const dot = part.fileName.lastIndexOf(".");
  return {
    type: "document",
    format: part.fileName.slice(dot + 1).toLowerCase(),
    name: part.fileName.slice(0, dot),
    bytes,
  };
}

const formats = ["gif", "jpeg", "png", "webp"] as const;

/** Media types were checked when the message was accepted. */
const imageFormat = (mediaType: string): (typeof formats)[number] =>
  formats.find((format) => mediaType === `image/${format}`) ?? "png";
