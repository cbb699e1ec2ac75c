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
    // Only what hangs is ended by these: on a busy machine everything takes many times as long.
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
