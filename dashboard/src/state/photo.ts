/** Long side of a photo sent in; enough to read a nameplate. */
const SIDE_PX = 1600;
/** What the server takes as base64. */
const BASE64_MAX = 900_000;

export interface Photo {
  readonly type: 'image/jpeg';
  readonly base64: string;
}

/** Scaled down until the server takes it; null for one that stays too large. */
export async function shrink(file: Blob): Promise<Photo | null> {
  const picture = await createImageBitmap(file);
  for (const quality of [0.82, 0.6, 0.4]) {
    const scale = Math.min(1, SIDE_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const base64 = canvas.toDataURL('image/jpeg', quality).replace(/^data:[^,]*,/, '');
    if (base64.length <= BASE64_MAX) return { type: 'image/jpeg', base64 };
  }
  return null;
}
