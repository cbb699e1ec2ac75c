import { deflateSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { type DocumentReader, Unreadable } from "@outlet/core/ports";
import { createChildReader } from "./child-reader.ts";
import { residentBytes } from "./resident-memory.ts";

const megabyte = 1024 * 1024;
const reader = createChildReader({
  memory: { base: 250 * megabyte, perByte: 4, max: 300 * megabyte },
});
afterAll(() => reader.close());

const text = (source: string, name = "a.txt") => ({ name, bytes: Buffer.from(source) });
const codeOf = async (reading: ReturnType<DocumentReader["read"]>): Promise<string> => {
  const error: unknown = await reading.catch((cause: unknown) => cause);
  if (error instanceof Unreadable) return error.code;
  throw new Error("It was read, or failed otherwise", { cause: error });
};

/** 600 MB of blanks in a file of 2 KB: a stream packed twice. */
const bomb = pdfBomb();
function pdfBomb(): Buffer {
  const packed = deflateSync(deflateSync(Buffer.alloc(600 * megabyte, " "), { level: 9 }));
  const head = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj
4 0 obj<</Length ${packed.length}/Filter[/FlateDecode/FlateDecode]>>stream
`;
  const tail = "\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF";
  return Buffer.concat([Buffer.from(head), packed, Buffer.from(tail)]);
}

describe("files read in a process of their own", () => {
  test("come back as they were read, blocks with their places", async () => {
    const source = "# A\n\none\n\n## B\n\n| x | y |\n|---|---|\n| 1 | 2 |\n";
    const { blocks } = await reader.read(text(source, "a.md"));
    expect(blocks.map(({ text: it, place }) => [it, place.headings.join("/")])).toEqual([
      ["A", ""],
      ["one", "A"],
      ["B", "A"],
      ["x: 1; y: 2", "A/B"],
    ]);
    const table = await reader.read(text("a,b\n1,2\n3,4\n", "a.csv"));
    expect(table.blocks.map(({ place }) => place.row)).toEqual([2, 3]);
  });

  test("many at a time keep apart", async () => {
    const files = Array.from({ length: 20 }, (_, i) => text(`file ${i}:${"é漢🍕".repeat(i * 50)}`));
    const documents = await Promise.all(files.map((file) => reader.read(file)));
    expect(documents.map(({ blocks }) => blocks.map((block) => block.text).join(""))).toEqual(
      files.map(({ bytes }) => bytes.toString()),
    );
  });

  test("of some megabytes pass whole", async () => {
    const source = "Line of text, with a number.\n\n".repeat(200_000);
    const { blocks } = await reader.read(text(source));
    expect(blocks).toHaveLength(200_000);
  });

  test("that cannot be read say why, and the next is read", async () => {
    expect(await codeOf(reader.read(text("", "a.txt")))).toBe("empty");
    expect(await codeOf(reader.read(text("{", "a.json")))).toBe("broken");
    expect((await reader.read(text("fine"))).blocks[0]?.text).toBe("fine");
  });

  test("are ended at their limit of memory, while others are read", async () => {
    const hurting = reader.read({ name: "a.pdf", bytes: bomb });
    const others = Promise.all(Array.from({ length: 5 }, (_, i) => reader.read(text(`${i}`))));
    expect(await codeOf(hurting)).toBe("out_of_memory");
    expect((await others).map(({ blocks }) => blocks[0]?.text)).toEqual(["0", "1", "2", "3", "4"]);
  });

  test("are ended at their limit of time", async () => {
    const hasty = createChildReader({ timeMaxMs: 1 });
    expect(await codeOf(hasty.read(text("slow")))).toBe("out_of_time");
    await hasty.close();
  });

  test("are given up when nobody waits any more", async () => {
    const giving = new AbortController();
    const reading = reader.read({ name: "a.pdf", bytes: bomb }, { signal: giving.signal });
    giving.abort(new Error("nobody waits"));
    await expect(reading).rejects.toThrow("nobody waits");
  });

  test("their process has no environment of ours and is watched by what it holds", async () => {
    expect(await residentBytes(process.pid)).toBeGreaterThan(20 * megabyte);
    expect(await residentBytes(2 ** 22 + 1)).toBeUndefined();
  });
});
