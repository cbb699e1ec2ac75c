import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The suites of infra/ alone. `npm run test:aws` installs what they need and runs them with the others. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL("..", import.meta.url)),
    include: ["infra-test/**/*.test.ts"],
    globalSetup: "infra-test/build.ts",
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
