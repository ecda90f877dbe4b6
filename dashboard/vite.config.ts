import { defineConfig } from "vitest/config";

export default defineConfig({
  // Relative addresses: the same build is served from a bucket's root, a folder, or the local gateway.
  base: "./",
  build: {
    target: "es2022",
    // Every browser that runs es2022 preloads modules itself; the polyfill is only weight.
    modulePreload: { polyfill: false },
  },
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
    // Unit tests only: the browser tests (tests/e2e/browser) cover the components.
    coverage: {
      provider: "v8",
      include: ["src/**/*.{ts,tsx}"],
      reporter: ["text", "html"],
      reportsDirectory: "../build/coverage-dashboard",
    },
  },
});
