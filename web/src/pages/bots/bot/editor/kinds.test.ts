import { Knowledge } from "@outlet/core/bots/knowledge";
import { expect, test } from "vitest";
import { endings } from "./kinds.ts";

test("files are chosen by the endings that the API reads", () => {
  expect(endings).toEqual(Knowledge.extensions);
});
