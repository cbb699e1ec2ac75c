import * as v from "valibot";
import * as Members from "../../foundation/members/index.ts";
import { Limit as Budget } from "../budget/limit.ts";
import { Settings } from "./settings.ts";

export const Status = v.picklist([
  "unpublished",
  "publishing",
  "published",
  "updating",
  "paused",
  "unpublishing",
  "failed",
]);
export type Status = v.InferOutput<typeof Status>;

const Failure = v.object({ message: v.string(), at: v.number() });

const Verification = v.object({
  /**
   * `reached`: the bot answered. `refused`: the gateway was reached, and its allow-list refused our own
   * address: keys, limits and the bot behind it were not tried. `not_yet`: nothing has answered.
   */
  result: v.picklist(["reached", "refused", "not_yet"]),
  /** Looks so far. */
  tries: v.number(),
  /** Epoch milliseconds. */
  at: v.number(),
});
export type Verification = v.InferOutput<typeof Verification>;

const Upgrade = v.object({
  upgradeId: v.string(),
  /** What it brings the stack to. */
  version: v.string(),
  state: v.picklist(["in_progress", "failed"]),
  startedAt: v.number(),
  failure: v.nullable(Failure),
});
export type Upgrade = v.InferOutput<typeof Upgrade>;

export const Info = v.object({
  ...Settings.entries,
  botId: v.string(),
  ownerId: v.string(),
  /** What the bot was called when it was last published or unpublished: known of deleted ones too. */
  title: v.optional(v.nullable(v.string()), null),
  /** What all bots of its owner together may spend, as an administrator set it; kept here so that no call reads it elsewhere. */
  ownerBudget: v.optional(v.nullable(Budget), null),
  status: Status,
  /** Which account and Region it lives in. */
  cell: v.string(),
  stackName: v.string(),
  /** The act under way; every write of the deployer is on condition of its id. */
  operation: v.nullable(
    v.object({
      operationId: v.string(),
      startedAt: v.number(),
      requestedBy: v.string(),
      /** Settings to go back to if an update fails. */
      previous: v.nullable(v.object({ ...Settings.entries, status: Status })),
      /** The bot goes too once it is unpublished. */
      deleteBot: v.boolean(),
    }),
  ),
  progress: v.nullable(
    v.object({ done: v.number(), total: v.number(), current: v.nullable(v.string()) }),
  ),
  /** What the provisioner finds its stack by; `null` without one. */
  stack: v.nullable(Members.of(v.string(), v.string())),
  /** Of the template its stack is made from; `null` without a stack, or where it was not noted yet. */
  templateVersion: v.optional(v.nullable(v.string()), null),
  /** As the stack named it; `null` without a stack, or where it was not noted yet. */
  endpoint: v.optional(v.nullable(v.string()), null),
  /** Whether clients were given the API's own address: then it stays open. */
  ownAddress: v.optional(v.boolean(), true),
  /** ARNs of its inference profiles by the Bedrock id of the model behind, for the bill. */
  inferenceProfiles: v.optional(Members.of(v.string(), v.string()), {}),
  /** The template's upgrade under way, or the last one where that failed. */
  upgrade: v.optional(v.nullable(Upgrade), null),
  /** What is known of the endpoint from a call of our own; `null` where none was made. */
  verified: v.optional(v.nullable(Verification), null),
  failure: v.nullable(Failure),
  publishedAt: v.nullable(v.number()),
  updatedAt: v.number(),
  /** Another one with each write; empty where it was written before there were any. */
  revision: v.optional(v.string(), ""),
});
export type Info = v.InferOutput<typeof Info>;

/** What is recorded of a stack, where there is none. */
export const withoutStack = {
  stack: null,
  templateVersion: null,
  endpoint: null,
  inferenceProfiles: {},
  verified: null,
} satisfies Partial<Info>;

export const Unpublish = v.strictObject({
  /** The bot's title, typed out: it cannot be undone. */
  title: v.string(),
});

/** In these the endpoint exists and keys open it. */
const live: readonly Status[] = ["published", "updating", "paused"];
export const inFlight: readonly Status[] = ["publishing", "updating", "unpublishing"];

export const isLive = (publication: Info | undefined): publication is Info =>
  publication !== undefined && live.includes(publication.status);

/** Whether anything of it may exist: nothing of the bot that it depends on may change. */
export const exists = (publication: Info | undefined): publication is Info =>
  publication !== undefined && publication.status !== "unpublished";

/** Whether the authorizer lets a known key through: the probe has to get in while publishing. */
export const isOpen = (publication: Info | undefined): publication is Info =>
  publication !== undefined && [...live, "publishing"].includes(publication.status);

/**
 * What to ask Bedrock for, so that the bot's own tags are on the bill: its inference profile of that
 * model, or the model's own id where there is none.
 */
export const billedModelId = (publication: Info | undefined, modelId: string): string =>
  (isLive(publication) && publication.inferenceProfiles[modelId]) || modelId;

/** What has not answered after so many looks is left to its owner. */
const looksMax = 20;

/** Whether it is to be looked at again because nothing has answered yet. */
export const isUnconfirmed = (publication: Info): boolean =>
  isLive(publication) &&
  publication.verified?.result === "not_yet" &&
  publication.verified.tries < looksMax;

/** Also while its limits are being changed. */
export const isPaused = ({ status, operation }: Info): boolean =>
  status === "paused" || (status === "updating" && operation?.previous?.status === "paused");
