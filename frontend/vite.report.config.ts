import { defineConfig } from "vite";

// The report of `lensdb measure --report` is one file that opens anywhere: everything in one script and one stylesheet.
export default defineConfig({
  build: {
    outDir: "../lensdb/tool/report",
    emptyOutDir: true,
    cssCodeSplit: false,
    lib: {
      entry: "pages/report.ts",
      formats: ["iife"],
      name: "lensdbReport",
      fileName: () => "report.js",
      cssFileName: "report",
    },
  },
});
