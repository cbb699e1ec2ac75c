import { expect, test } from "vitest";
import { type Command, matching } from "./matching.ts";

const commands = ["Keys of this bot", "Café crème", "Sample bot", "Create a bot"].map(
  (label): Command => ({ id: label, kind: "page", label, run: () => {} }),
);
const labels = (typed: string) => matching(commands, typed).map(({ label }) => label);

test("every word that is typed has to be in the name, in any order, whatever its case or accents", () => {
  expect(labels("BOT key")).toEqual(["Keys of this bot"]);
  expect(labels("creme cafe")).toEqual(["Café crème"]);
  expect(labels("nowhere")).toEqual([]);
});

test("what begins with what was typed comes first", () => {
  expect(labels("c")).toEqual(["Café crème", "Create a bot"]);
  expect(labels("s")).toEqual(["Sample bot", "Keys of this bot"]);
});

test("without a word all are there, but no more than can be looked through", () => {
  expect(labels("  ")).toEqual(commands.map(({ label }) => label));
  const many = Array.from(
    { length: 200 },
    (_, i): Command => ({
      ...(commands[0] as Command),
      id: String(i),
    }),
  );
  expect(matching(many, "")).toHaveLength(50);
});
