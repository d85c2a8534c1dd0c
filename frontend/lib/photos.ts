/** Files in the browser: their digest and a small picture of each. */

const HEX = 16;

/** SHA-256 as hex, or null where the browser offers no digests (plain http to a foreign host). */
export async function sha256(file: Blob): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(HEX).padStart(2, "0")).join("");
}

/** Paints a small picture of the photo, upright; false when the browser cannot decode it. */
export async function paintThumbnail(file: Blob, canvas: HTMLCanvasElement, width: number): Promise<boolean> {
  try {
    const bitmap = await createImageBitmap(file, { resizeWidth: width, resizeQuality: "medium" });
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return true;
  } catch {
    return false;
  }
}
