import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Alone: `npm run sst:test`. With everything else that judges Outlet as it is on AWS: `npm run test:aws`. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL("..", import.meta.url)),
    include: ["infra/test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
