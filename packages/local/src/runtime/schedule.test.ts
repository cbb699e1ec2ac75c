import { silentLog } from "@outlet/core/ports";
import { expect, test } from "vitest";
import { createSchedule } from "./schedule.ts";

test("a schedule that is stopped asks the call under way to end, and makes no other", async () => {
  let calls = 0;
  const schedule = createSchedule(
    async (stopping) => {
      calls += 1;
      await new Promise((resolve) => stopping.addEventListener("abort", resolve));
    },
    { everyMs: 0, log: silentLog },
  );
  schedule.start();
  await schedule.stop();
  expect(calls).toBe(1);
});
