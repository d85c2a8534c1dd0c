// The smallest build of exifr: JPEG only, tags by number. Its package types describe the full build only.
declare module "exifr/dist/mini.esm.mjs" {
  export function parse(
    file: Blob | ArrayBuffer,
    options: Record<string, unknown>,
  ): Promise<Record<string, unknown> | undefined>;
}
