import { expect, test } from "vitest";
import { KnowledgeBase } from "./index.ts";

const caller = (...groups: string[]) => ({
  userId: "u",
  username: "u",
  groups,
});

test("the setting names bases, each for all or for a group", () => {
  expect(KnowledgeBase.parseAllowed("")).toEqual([]);
  const allowed = KnowledgeBase.parseAllowed(" ABCDEFGHIJ , KLMNOPQRST:Support ");
  expect(allowed).toEqual([
    { knowledgeBaseId: "ABCDEFGHIJ", group: null },
    { knowledgeBaseId: "KLMNOPQRST", group: "Support" },
  ]);
  expect(KnowledgeBase.allowedTo(allowed, caller())).toEqual(["ABCDEFGHIJ"]);
  expect(KnowledgeBase.allowedTo(allowed, caller("Support"))).toEqual(["ABCDEFGHIJ", "KLMNOPQRST"]);
  expect(KnowledgeBase.allowedTo(allowed, caller("Admin"))).toHaveLength(2);
});

test.each([
  "*",
  "ABCDEFGHI",
  "ABCDEFGHIJ:",
  "arn:aws:bedrock:us-east-1:1:knowledge-base/ABCDEFGHIJ",
  "ABCDEFGHI/",
])("%s is no knowledge base", (text) =>
  expect(() => KnowledgeBase.parseAllowed(text)).toThrow(/is no knowledge base/),
);

test("an owner may name what is allowed to them, and nothing else", () => {
  const allowed = KnowledgeBase.parseAllowed("ABCDEFGHIJ,KLMNOPQRST:Support");
  expect(() => KnowledgeBase.requireAllowed(allowed, caller(), "ABCDEFGHIJ")).not.toThrow();
  expect(() => KnowledgeBase.requireAllowed(allowed, caller(), "KLMNOPQRST")).toThrow(
    /KLMNOPQRST is not allowed. You may use ABCDEFGHIJ/,
  );
  expect(() => KnowledgeBase.requireAllowed([], caller(), "ABCDEFGHIJ")).toThrow(/none/);
});
