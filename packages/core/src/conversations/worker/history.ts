import type { Answering } from "../answering/index.ts";
import * as Tokens from "../../models/tokens/index.ts";
import { chainUpTo, walkUpTo } from "../conversation/chain.ts";
import type { ModelContent, ModelMessage, ObjectStore, Table } from "../../ports/index.ts";
import * as Run from "../run/index.ts";
import { type Content, type Earlier, responseAddress, textOf } from "../run/index.ts";

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

const imageTokens = 1_600;
/** Of a file: its text is mostly shorter than its bytes, and Chinese takes three bytes a character. */
const bytesPerToken = 3;
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
): Promise<Answering.Messages> {
  const room = createRoom();
  const question = await toModel(deps.objects, run.content, room);
  const history: ModelMessage[] = [];
  const developer: string[] = [];
  let budget = contextTokens / 2;
  /** @returns whether there is room for more. */
  const take = async (said: readonly Earlier[]): Promise<boolean> => {
    for (const { role, content } of said.toReversed()) {
      budget -= sizeOf(content);
      if (budget < 0) return false;
      if (role === "developer") developer.unshift(textOf(content));
      else history.unshift({ role, content: await toModel(deps.objects, content, room) });
    }
    return true;
  };
  let goesOn = await take(run.surroundings.earlier);
  for (const state of before.toReversed()) {
    if (!goesOn) break;
    const turn = await Run.loadKept(deps, state);
    if (turn.content.length === 0 && !turn.answer) continue;
    const body = textOf(turn.answer ?? []);
    const answered = body.trim() !== "";
    if (!answered && !wasAnswered(turn)) continue;
    goesOn = await take([
      ...turn.surroundings.earlier,
      { role: "user", content: turn.content },
      { role: "assistant", content: [{ contentType: "text", body: answered ? body : nothing }] },
    ]);
  }
  // Converse wants a user's message first. A greeting came before, or room ran out within a turn.
  while (history[0]?.role === "assistant") history.shift();
  if (run.continues) {
    question.unshift({ type: "text", text: hasBegun(history) ? continuation : beginning });
  }
  if (run.surroundings.instructions) developer.push(run.surroundings.instructions);
  return { question, history, developer };
}

/** Stands for an answer without text: models want turns by turns, and the question to stay one. */
const nothing = "[There was no answer.]";

const hasBegun = (history: readonly ModelMessage[]): boolean => {
  const [said] = history.at(-1)?.content ?? [];
  return said?.type === "text" && said.text !== nothing;
};

/** The limit was reached while the model still reasoned: there is no end to go on from. */
const beginning =
  "You reached the token limit before your answer began. Answer the question above now, with less thought.";

/**
 * Whether the model has ended its answer, be it an empty one, or one of reasoning alone. What a filter
 * refused is left out: it would be refused again with every message that follows.
 */
const wasAnswered = ({ status, error, incompleteReason }: Run.State): boolean =>
  status === "completed" ||
  (status === "incomplete" && incompleteReason !== "content_filter") ||
  error?.code === "model_empty_answer";

/** Asked for in words: not every model takes an answer of its own to go on with. */
const continuation =
  "Your last answer was cut off by the token limit. Go on exactly where it ends. Repeat nothing of it, and do not comment on the interruption.";

/**
 * The runs before this one, oldest first, without what was said in them: of its conversation, or of
 * the chain of responses that it goes on with.
 */
export async function listEarlier(deps: Pick<Deps, "table">, run: Run.State): Promise<Run.State[]> {
  const { parent, runId } = run;
  if (run.asked && run.asked.face !== "mcp") return listPrevious(deps, run);
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
    const found = await Run.glimpse(deps.table, run, missing);
    if (!found) break;
    runs.set(found.runId, found);
  }
  return chainUpTo(runs, runId).slice(0, -1);
}

/** Responses each lie in a mailbox of their own, so that several may follow one. */
async function listPrevious(deps: Pick<Deps, "table">, run: Run.State): Promise<Run.State[]> {
  const runs: Run.State[] = [];
  let previous = run.asked?.previous;
  while (previous && runs.length < runsMax) {
    const found = await Run.glimpse(deps.table, responseAddress(run, previous), previous);
    if (!found) break;
    runs.unshift(found);
    previous = found.asked?.previous;
  }
  return runs;
}

/** About how many tokens a message is. */
function sizeOf(content: readonly Content[]): number {
  const sizes = content.map((part) => {
    if (part.contentType === "image") return imageTokens;
    if (part.contentType === "attachment") return part.data.size / bytesPerToken;
    return part.contentType === "text" ? Tokens.estimate(part.body) : 0;
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
