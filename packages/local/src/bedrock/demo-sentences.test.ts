import * as fc from "fast-check";
import { expect, test } from "vitest";
import { splitSentences } from "./demo-sentences.ts";

const texts = (text: string): string[] => splitSentences(text).map((sentence) => sentence.text);

test.each([
  ["Ask Dr. Smith. Use e.g. Node.", ["Ask Dr. Smith.", "Use e.g. Node."]],
  ["Wrapped over\ntwo lines. And\r\nthree.", ["Wrapped over two lines.", "And three."]],
  ["No full stop\n\nnext paragraph", ["No full stop", "next paragraph"]],
  ["- one\n- two\n  goes on\n3. three", ["one", "two goes on", "3. three"]],
  ["| a | b |\n|---|---|\n| c | d |", ["| a | b |", "| c | d |"]],
  [
    "Run:\n```sh\nnpm start\n# no heading\n```\nDone.",
    ["Run:", "npm start", "# no heading", "Done."],
  ],
  ["…\n\n---\n\n", []],
])("%j is the sentences %j", (text, sentences) => {
  expect(texts(text)).toEqual(sentences);
});

test("a sentence knows the heading it stands under", () => {
  expect(splitSentences("Hello.\n## Keys ##\nShown once.\n# Runs\nQueued.")).toEqual([
    { text: "Hello.", heading: "" },
    { text: "Shown once.", heading: "Keys" },
    { text: "Queued.", heading: "Runs" },
  ]);
});

test("every sentence is found in the text, white space aside", () => {
  const bare = (text: string): string => text.replace(/\s+/g, "");
  fc.assert(
    fc.property(fc.lorem({ mode: "sentences", maxCount: 8 }), fc.nat(60), (text, at) => {
      const wrapped = `${text.slice(0, at)}\n${text.slice(at)}`;
      expect(bare(texts(wrapped).join(""))).toBe(bare(wrapped));
    }),
  );
});
