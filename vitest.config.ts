import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "~": new URL("web/src", import.meta.url).pathname } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/conformance/test/**/*.test.ts",
      "scripts/**/*.test.ts",
      // What of the console needs no browser; the rest is web/test.
      "web/{src,docs-site}/**/*.test.ts",
    ],
    setupFiles: "packages/local/src/canary/setup.test-support.ts",
    // Two workers: the suite starts emulators of its own, and CI machines are small.
    maxWorkers: 2,
    // Only what hangs is ended by these: on a busy machine everything takes many times as long.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
