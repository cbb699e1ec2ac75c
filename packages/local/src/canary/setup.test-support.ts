/** Before each test file: what published bots answer is looked through for their instructions. */
import { afterAll, expect } from "vitest";
import { takeSightings, watchResponses } from "./canary.test-support.ts";

watchResponses();
afterAll(() => {
  expect(takeSightings(), "a bot's instruction was told to somebody").toEqual([]);
});
