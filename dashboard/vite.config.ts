import { defineConfig } from "vitest/config";

export default defineConfig({
  // Pages have paths of several levels (/watch/<channel>/<stream>), so the site is at the root of its origin.
  base: "/",
  build: {
    manifest: true,
    rolldownOptions: { input: ["index.html", "watch.html", "embed.html", "studio.html", "account.html", "admin.html"] },
    target: "es2022",
    // Every browser that runs es2022 preloads modules itself; the polyfill is only weight.
    modulePreload: { polyfill: false },
    // hls.js alone is larger than the default; it is a chunk of its own.
    chunkSizeWarningLimit: 650,
  },
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "node",
    testTimeout: 30_000, // No promise: timers are faked, and a busy machine may pause.
    // Unit tests only: the browser tests (tests/e2e/browser) cover the components.
    coverage: {
      provider: "v8",
      include: ["src/**/*.{ts,tsx}"],
      reporter: ["text", "html"],
      reportsDirectory: "../build/coverage-dashboard",
    },
  },
});
