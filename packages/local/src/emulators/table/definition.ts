import * as v from "valibot";
import { invalid } from "./refusal.ts";
import type { Attributes } from "./values.ts";

const KeySchema = v.pipe(
  v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(["HASH", "RANGE"]) })),
  v.length(2),
);

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
const Definition = v.looseObject({
  TableName: v.string(),
  KeySchema,
  GlobalSecondaryIndexes: v.optional(
    v.array(
      v.looseObject({
        IndexName: v.string(),
        KeySchema,
        Projection: v.optional(v.looseObject({ ProjectionType: v.optional(v.string()) })),
      }),
    ),
    [],
  ),
});
export type Definition = v.InferOutput<typeof Definition>;

/** Names of the attributes that are a key. */
export interface KeyNames {
  pk: string;
  sk: string;
}

export interface Index extends KeyNames {
  /** Its number among those of the table. */
  id: number;
  /** Whether it holds nothing of an item but its keys. */
  keysOnly: boolean;
}

export interface Table {
  name: string;
  /** Its number in the database. */
  id: number;
  definition: Definition;
  key: KeyNames;
  indexes: ReadonlyMap<string, Index>;
}

export function readDefinition(input: unknown): Definition {
  const parsed = v.safeParse(Definition, input);
  if (parsed.success) return parsed.output;
  throw invalid(`The table cannot be made: ${parsed.issues[0].message}`);
}

export function tableOf(id: number, definition: Definition): Table {
  const { TableName: name, GlobalSecondaryIndexes } = definition;
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }, id) => {
    const keysOnly = Projection?.ProjectionType === "KEYS_ONLY";
    return [IndexName, { id, keysOnly, ...namesOf(KeySchema) }] as const;
  });
  return { name, id, definition, key: namesOf(definition.KeySchema), indexes: new Map(indexes) };
}

function namesOf(schema: v.InferOutput<typeof KeySchema>): KeyNames {
  const of = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName ?? "";
  return { pk: of("HASH"), sk: of("RANGE") };
}

export interface Key {
  pk: string;
  sk: string;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const pkBytesMax = 2_048;
const skBytesMax = 1_024;

/** @throws Refusal where the attributes hold no key, or one that DynamoDB does not take. */
export function keyOf(attributes: Attributes, names: KeyNames): Key {
  const pk = attributes[names.pk]?.S;
  const sk = attributes[names.sk]?.S;
  if (pk === undefined || sk === undefined) {
    throw invalid("The provided key element does not match the schema");
  }
  if (pk === "" || sk === "") {
    throw invalid(
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value.",
    );
  }
  if (isOver(pk, pkBytesMax) || isOver(sk, skBytesMax)) {
    throw invalid(
      "One or more parameter values were invalid: Size of a key has exceeded the limit",
    );
  }
  return { pk, sk };
}

const isOver = (text: string, bytes: number): boolean =>
  text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes);

/** Its place in an index; `undefined` where the item is not in it. */
export function placeOf(attributes: Attributes, names: KeyNames): Key | undefined {
  if (!attributes[names.pk] && !attributes[names.sk]) return undefined;
  for (const name of [names.pk, names.sk]) {
    const value = attributes[name];
    if (value && (value.S === undefined || value.S === "")) {
      throw invalid(`One or more parameter values were invalid: type or size of key ${name}`);
    }
  }
  if (!attributes[names.pk] || !attributes[names.sk]) return undefined;
  return keyOf(attributes, names);
}
