import * as v from "valibot";
import * as Members from "../../foundation/members/index.ts";
import { Content, type NewContent } from "./content.ts";

/** How a caller would have the answer made. Absent from a request: as the owner set it. */
export const Sampling = v.object({
  /** Output tokens at most; the owner's own limit holds beside it. */
  maxTokens: v.nullable(v.number()),
  temperature: v.nullable(v.number()),
  topP: v.nullable(v.number()),
  stopSequences: v.array(v.string()),
});
export type Sampling = v.InferOutput<typeof Sampling>;

/** What a caller of another face than the native one asked beside its message. Small: it lies in the run's item. */
export const Asked = v.object({
  face: v.picklist(["responses", "chat", "mcp"]),
  /** The model under the name that it was asked for. */
  model: v.string(),
  sampling: Sampling,
  /** The run whose conversation this one goes on with, each in a mailbox of its own. */
  previous: v.nullable(v.string()),
  background: v.boolean(),
  /** Whether it can be read again once it has been answered. */
  kept: v.boolean(),
  metadata: Members.of(v.string(), v.string()),
  /** Who the caller says it asks for. Nobody has checked it. */
  endUser: v.nullable(v.string()),
  /** A chat window asks for a title, tags or the like: answered without the bot's own instruction. */
  utility: v.boolean(),
});
export type Asked = v.InferOutput<typeof Asked>;

const roles = ["user", "assistant", "developer"] as const;

/** A message before the one that is to be answered, as its caller gave it. */
export const Earlier = v.object({ role: v.picklist(roles), content: v.array(Content) });
export type Earlier = v.InferOutput<typeof Earlier>;

/** JSON Schema that the answer has to fit; without one any JSON object does. */
export const Format = v.object({ name: v.string(), schema: v.nullable(v.string()) });
export type Format = v.InferOutput<typeof Format>;

/** What goes with a message to the model: may be large, so it lies where the message does. */
export const Surroundings = v.object({
  /** Instructions of the caller, never instead of the owner's. */
  instructions: v.nullable(v.string()),
  earlier: v.array(Earlier),
  format: v.nullable(Format),
});
export type Surroundings = v.InferOutput<typeof Surroundings>;

export interface NewSurroundings extends Omit<Surroundings, "earlier"> {
  earlier: { role: Earlier["role"]; content: NewContent[] }[];
}

export const noSurroundings: Surroundings = { instructions: null, earlier: [], format: null };
