import { expect, test } from "vitest";
import { startNaive } from "./paths/naive.ts";
import { startOutlet } from "./paths/outlet.ts";
import { accepting } from "./paths/orders.ts";
import { compare } from "./paths/rounds.ts";
import { startSilentModel } from "./paths/silent-model.ts";

/**
 * Processor time that Outlet spends on accepting a message, in both its processes, in terms of the
 * naive path's in the same run: 0.6 to 1.0, on a machine with much other work too. Time on the clock
 * would tell of that work.
 */
const ratioMax = 1.5;

test.runIf(process.platform === "linux")(
  "accepting a message takes no more than so many times the processor time of a naive path",
  async () => {
    const model = await startSilentModel();
    const args = ["--model-backend", "openai", "--openai-base-url", model.url];
    try {
      const figures = await compare(
        [
          { name: "naive", start: startNaive, order: accepting },
          { name: "outlet", start: () => startOutlet({ args }), order: accepting },
        ],
        { rounds: 1, connections: 16, warmUpMs: 1_500, durationMs: 2_500 },
      );
      const cpuUs = (name: string) =>
        Object.values(figures[name]?.cpuUs ?? {}).reduce((sum, us) => sum + us, 0);
      expect(cpuUs("naive")).toBeGreaterThan(0);
      expect(cpuUs("outlet") / cpuUs("naive")).toBeLessThan(ratioMax);
    } finally {
      model.stop();
    }
  },
);
