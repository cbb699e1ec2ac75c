import { MalformedCursor } from "@outlet/core/ports";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCursor, encodeCursor } from "./dynamodb-cursor.ts";

const text = fc.string({ minLength: 1, unit: "binary" });

test("a cursor leads back to the key it was made from", () => {
  fc.assert(
    fc.property(text, text, (pk, sk) => {
      const range = { pk };
      expect(decodeCursor(encodeCursor({ pk, sk }, range), range)).toEqual({ pk, sk });
    }),
  );
  fc.assert(
    fc.property(text, text, text, text, (openPk, openSk, pk, sk) => {
      const range = { index: "open" as const, pk: openPk };
      const key = { openPk, openSk, pk, sk };
      expect(decodeCursor(encodeCursor(key, range), range)).toEqual(key);
    }),
  );
});

test("a cursor does not tell the partition, and stays in the one that is queried", () => {
  const cursor = encodeCursor({ pk: "TENANT#secret", sk: "A" }, { pk: "TENANT#secret" });
  expect(Buffer.from(cursor, "base64url").toString()).not.toContain("secret");
  expect(decodeCursor(cursor, { pk: "TENANT#other" })).toEqual({ pk: "TENANT#other", sk: "A" });
});

test("whatever is handed in as a cursor is a key of the range or malformed", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json().map(toCursor)), (cursor) => {
      let key: Record<string, string>;
      try {
        key = decodeCursor(cursor, { pk: "P", skPrefix: "A#" });
      } catch (error) {
        return error instanceof MalformedCursor;
      }
      return key.pk === "P" && key.sk?.startsWith("A#") === true && Object.keys(key).length === 2;
    }),
  );
});

function toCursor(json: string): string {
  return Buffer.from(json).toString("base64url");
}
