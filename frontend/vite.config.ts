import { defineConfig } from "vitest/config";

// One entry per page that needs a script; Django finds the built names through the manifest.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../lensdb/web/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        site: "styles/site.css",
        compare: "pages/compare.ts",
        lens: "pages/lens.ts",
        series: "pages/series.ts",
        submit: "pages/submit.ts",
      },
    },
  },
  test: { environment: "happy-dom", include: ["**/*.test.ts"] },
});
