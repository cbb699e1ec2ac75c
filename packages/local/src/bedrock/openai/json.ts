export type JsonRecord = Record<string, unknown>;

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A member that may be missing, or be anything. */
export const recordOf = (value: unknown): JsonRecord => (isRecord(value) ? value : {});

/** @returns `undefined` for what is no JSON, which no JSON text can stand for. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
