import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/conformance/test/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    // Two workers: the suite starts emulators of its own, and CI machines are small.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
