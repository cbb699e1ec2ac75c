import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Face, fieldTable } from "./fields.ts";

const page = readFileSync(new URL("../../../../../docs/openai.md", import.meta.url), "utf8");

test.each<Face>(["responses", "chat"])(
  "docs/openai.md has the table of %s as the code has it",
  (face) => {
    const [, rows] =
      new RegExp(`<!-- fields:${face} -->\n([^]*?)\n?<!-- /fields -->`).exec(page) ?? [];
    expect(rows).toBe(fieldTable(face));
  },
);
