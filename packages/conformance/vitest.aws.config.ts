import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The suites that need the independent emulators which `npm run test:aws` starts. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["src/**/*.referee.ts"],
    maxWorkers: 2,
    // Some of them answer in tens of milliseconds, and 50 racers wait for each other.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
