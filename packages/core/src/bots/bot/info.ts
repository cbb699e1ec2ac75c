import * as v from "valibot";
import * as Text from "../../foundation/text/index.ts";
import * as Shape from "../../store/shape/index.ts";
import * as KnowledgeBase from "../knowledge-base/index.ts";
import * as Tools from "../tools/index.ts";

export const Title = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1),
  v.maxLength(100),
  v.check(Text.isVisible, "must have a character that can be seen"),
);

export const Scope = v.picklist(["private", "partial", "all"]);

export const SyncStatus = v.picklist(["QUEUED", "RUNNING", "SUCCEEDED", "FAILED"]);

/** No store holds numbers that are next to nothing, and no model tells them from it. */
const Fraction = v.pipe(
  v.number(),
  v.minValue(0),
  v.maxValue(1),
  v.check((value) => value === 0 || value >= 1e-6, "must be 0, or at least 0.000001"),
);

export const Generation = v.strictObject({
  /** Output tokens at most. */
  maxTokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64_000)), 2_048),
  temperature: v.optional(v.nullable(Fraction), null),
  topP: v.optional(v.nullable(Fraction), null),
  stopSequences: v.optional(
    v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(100))), v.maxLength(4)),
    [],
  ),
});

export const Info = v.object({
  botId: v.string(),
  ownerId: v.string(),
  title: v.string(),
  description: v.string(),
  instruction: v.string(),
  /** Short name of the model it answers with. */
  model: v.string(),
  /** Short names of further models that a caller may ask for. */
  callerModels: v.array(v.string()),
  generation: Generation,
  scope: Scope,
  /** With whom it is shared where the scope is `partial`. */
  allowedUsers: v.array(v.string()),
  allowedGroups: v.array(v.string()),
  syncStatus: SyncStatus,
  /** Whether answers name their sources. */
  showSources: v.boolean(),
  /** A knowledge base of Bedrock that it answers from too. */
  knowledgeBase: v.optional(v.nullable(v.string()), null),
  /** What it may call; none where it was made before there were any. */
  tools: v.optional(Tools.Use, Tools.none),
  /** Epoch milliseconds. */
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type Info = v.InferOutput<typeof Info>;
export const shape = Shape.of("bot", Info);

const Description = v.pipe(v.string(), v.maxLength(1_000));
const Instruction = v.pipe(v.string(), v.maxLength(50_000));
const ModelName = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const CallerModels = v.pipe(v.array(ModelName), v.maxLength(20));

export const Create = v.strictObject({
  title: Title,
  description: v.optional(Description, ""),
  instruction: v.optional(Instruction, ""),
  model: v.optional(ModelName),
  callerModels: v.optional(CallerModels, []),
  generation: v.optional(Generation, {}),
  showSources: v.optional(v.boolean(), false),
  knowledgeBase: v.optional(v.nullable(KnowledgeBase.Id)),
  tools: v.optional(Tools.Use, Tools.none),
});

/** Absent members stay as they are. */
export const Edit = v.strictObject({
  title: v.optional(Title),
  description: v.optional(Description),
  instruction: v.optional(Instruction),
  model: v.optional(ModelName),
  callerModels: v.optional(CallerModels),
  generation: v.optional(v.partial(Generation)),
  showSources: v.optional(v.boolean()),
  /** `null` for none. */
  knowledgeBase: v.optional(v.nullable(KnowledgeBase.Id)),
  tools: v.optional(v.partial(Tools.Use)),
});

/** Ids of users, names of groups: as long as Cognito's are. */
const Names = v.pipe(
  v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(128))),
  v.maxLength(100),
);

export const Sharing = v.strictObject({
  scope: Scope,
  allowedUsers: v.optional(Names, []),
  allowedGroups: v.optional(Names, []),
});
