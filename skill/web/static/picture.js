// The chosen photo as the page shows it. The file itself is never changed: a turn is sent beside it.
const SIDE = 1600; // pixels of a turned preview; a whole photo of a phone would cost it 200 MB

/** An address that shows `file` turned clockwise by `degrees`; rejects where the browser can't read it. */
export async function turnPicture(file, degrees) {
  return URL.createObjectURL(degrees ? await scaled(file, degrees, SIDE) : file);
}

/** Draw the square around a part of a picture, [left, top, right, bottom] in shares of it, with room for the hair; `within`: no
 *  more than there is of the picture. */
export function drawAround(canvas, image, [left, top, right, bottom], within) {
  const { naturalWidth: width, naturalHeight: height } = image;
  const side = Math.min(1.55 * Math.max((right - left) * width, (bottom - top) * height), within ? Math.min(width, height) : Infinity);
  const begin = (middle, length) => (within ? Math.max(0, Math.min(middle - side / 2, length - side)) : middle - side / 2);
  const x = begin((width * (left + right)) / 2, width), y = begin(height * (0.55 * top + 0.45 * bottom), height);
  canvas.getContext("2d").drawImage(image, x, y, side, side, 0, 0, canvas.width, canvas.height);
}

/** A JPEG of `file`, turned, of at most `side` pixels; rejects where the browser can't read it. */
export async function scaled(file, degrees, side) {
  const address = URL.createObjectURL(file);
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
  const { naturalWidth: width, naturalHeight: height } = image;
  const share = Math.min(1, side / Math.max(width, height));
  const lying = degrees % 180 !== 0;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(share * (lying ? height : width)));
  canvas.height = Math.max(1, Math.round(share * (lying ? width : height)));
  const pen = canvas.getContext("2d");
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate((degrees * Math.PI) / 180);
  pen.scale(share, share);
  pen.drawImage(image, -width / 2, -height / 2);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
}
