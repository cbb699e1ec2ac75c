import { NormalizedSchema } from "@smithy/core/schema";
import type { Recorded } from "../sst/graph.ts";

/** What a request holds that its API knows nothing of, as paths: the SDK would leave it out without a word. */
function unknownMembers(schema: NormalizedSchema, value: unknown, at = ""): string[] {
  if (
    value === null ||
    typeof value !== "object" ||
    value instanceof Uint8Array ||
    value instanceof Date
  )
    return [];
  if (Array.isArray(value))
    return schema.isListSchema()
      ? value.flatMap((item, i) => unknownMembers(schema.getValueSchema(), item, `${at}[${i}]`))
      : [];
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (schema.isMapSchema())
    return entries.flatMap(([key, item]) =>
      unknownMembers(schema.getValueSchema(), item, `${at}.${key}`),
    );
  if (!schema.isStructSchema()) return [];
  const members = new Map(schema.structIterator());
  return entries.flatMap(([key, item]) => {
    const member = members.get(key);
    return member ? unknownMembers(member, item, `${at}.${key}`) : [`${at}.${key}`];
  });
}

/** A middleware for the SDK's clients that refuses such a request. */
export const strict = (next: Recorded, context: Recorded) => async (args: Recorded) => {
  const [, , operation, , input] = context.__smithy_context.operationSchema;
  const unknown = unknownMembers(NormalizedSchema.of(input), args.input);
  if (unknown.length) throw new Error(`${operation} has no ${unknown.join(", ")}`);
  return next(args);
};
