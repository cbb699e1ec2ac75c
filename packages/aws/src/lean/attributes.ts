import type { Value } from "@outlet/core/ports";

/**
 * A value as DynamoDB's JSON has it, of the kinds that our items hold
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html).
 */
type Attribute =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { L: Attribute[] }
  | { M: Attributes };
export type Attributes = { [name: string]: Attribute };

/**
 * Members that are undefined are left out.
 * @throws RangeError for a number that would not come back as it was.
 */
export function toAttributes(values: { [name: string]: Value | undefined }): Attributes {
  const attributes: Attributes = {};
  // Of names alone: pairs of each name and value would be made and thrown away for every item.
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value !== undefined) set(attributes, name, toAttribute(value));
  }
  return attributes;
}

function toAttribute(value: Value): Attribute {
  switch (typeof value) {
    case "string":
      return { S: value };
    case "number":
      return { N: toNumber(value) };
    case "boolean":
      return { BOOL: value };
    default:
      if (value === null) return { NULL: true };
      if (Array.isArray(value)) return { L: value.map(toAttribute) };
      return { M: toAttributes(value) };
  }
}

function toNumber(value: number): string {
  if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  throw new RangeError(`The table takes no such number: ${value}`);
}

export function fromAttributes(attributes: Attributes): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const name in attributes) {
    const attribute = attributes[name];
    if (attribute) set(values, name, fromAttribute(attribute));
  }
  return values;
}

function fromAttribute(attribute: Attribute): Value {
  if ("S" in attribute) return attribute.S;
  if ("N" in attribute) return fromNumber(attribute.N);
  if ("M" in attribute) return fromAttributes(attribute.M);
  if ("L" in attribute) return attribute.L.map(fromAttribute);
  if ("BOOL" in attribute) return attribute.BOOL;
  if ("NULL" in attribute) return null;
  return foreign(attribute);
}

/** One that nothing here writes: too large to be exact, and of no item's shape. */
function fromNumber(text: string): Value {
  const number = Number(text);
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : foreign({ N: text });
}

/** Of another hand than ours: no item's shape has it, so that whoever reads the item reports it. */
const foreign = (attribute: object): Value => new Foreign(attribute) as unknown as Value;

class Foreign {
  readonly attribute: object;
  constructor(attribute: object) {
    this.attribute = attribute;
  }
}

/** An assignment to `__proto__` would make no member of it. */
function set<T>(record: Record<string, T>, name: string, value: T): void {
  if (name !== "__proto__") record[name] = value;
  else Object.defineProperty(record, name, { value, enumerable: true });
}
