import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "~": new URL("../src", import.meta.url).pathname } },
  test: {
    dir: import.meta.dirname,
    include: ["**/*.test.ts"],
    // One Outlet and one browser for all: the machine may be small.
    fileParallelism: false,
    globalSetup: [`${import.meta.dirname}/fixture/outlet.ts`],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 30_000 } },
    bail: 0,
  },
});
