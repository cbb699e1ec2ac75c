import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * The suites that need the independent emulators which `npm run test:aws` starts, and those of the
 * SST program, which need what is installed along with them.
 */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: ["packages/conformance/src/**/*.referee.ts", "infra-test/**/*.test.ts"],
    setupFiles: "packages/local/src/canary/setup.test-support.ts",
    globalSetup: "infra-test/build.ts",
    maxWorkers: 2,
    // Some of them answer in tens of milliseconds, and 50 racers wait for each other.
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
