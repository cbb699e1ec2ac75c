/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html */
export interface Value {
  S?: string;
  N?: string;
  B?: string;
  BOOL?: boolean;
  NULL?: boolean;
  L?: Value[];
  M?: Attributes;
  SS?: string[];
  NS?: string[];
  BS?: string[];
}
export type Attributes = Record<string, Value>;

export const typeOf = (value: Value): string => Object.keys(value)[0] ?? "";

export function isEqual(a: Value, b: Value): boolean {
  if (a.S !== undefined) return a.S === b.S;
  if (a.N !== undefined) return b.N !== undefined && Number(a.N) === Number(b.N);
  if (a.L)
    return b.L?.length === a.L.length && a.L.every((item, n) => isEqual(item, b.L?.[n] ?? {}));
  if (a.M) {
    const names = Object.keys(a.M);
    const [ours, theirs] = [a.M, b.M];
    if (!theirs || Object.keys(theirs).length !== names.length) return false;
    return names.every((name) => isEqual(ours[name] ?? {}, theirs[name] ?? {}));
  }
  const type = typeOf(a);
  return type === typeOf(b) && JSON.stringify(a) === JSON.stringify(b);
}

/** Less than 0, 0 or more; `undefined` where the two are not of one kind that has an order. */
export function compare(a: Value, b: Value): number | undefined {
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) - Number(b.N);
  if (a.S !== undefined && b.S !== undefined) {
    return a.S === b.S ? 0 : Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  }
  return undefined;
}

/** As the function `size` tells it; `undefined` of what has none. */
export function sizeOf(value: Value): number | undefined {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.M) return Object.keys(value.M).length;
  return (value.L ?? value.SS ?? value.NS ?? value.BS)?.length;
}

export function contains(value: Value, element: Value): boolean {
  if (value.S !== undefined) return element.S !== undefined && value.S.includes(element.S);
  if (value.L) return value.L.some((item) => isEqual(item, element));
  if (value.SS) return element.S !== undefined && value.SS.includes(element.S);
  return false;
}

/**
 * Bytes that an item counts
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
 */
export function bytesOf(attributes: Attributes): number {
  let bytes = 0;
  for (const name in attributes) {
    bytes += Buffer.byteLength(name) + bytesOfValue(attributes[name] ?? {});
  }
  return bytes;
}

function bytesOfValue(value: Value): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/\D/g, "").length / 2) + 1;
  if (value.M) return 3 + Object.keys(value.M).length + bytesOf(value.M);
  if (value.L) return value.L.reduce((sum, item) => sum + 1 + bytesOfValue(item), 3);
  return 1;
}
