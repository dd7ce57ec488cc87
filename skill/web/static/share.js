// Giving a clip on: the file through the phone's own menu, else this page's link.
const fileOf = (parts, type = "video/mp4") => new File(parts, `ozhivi.${type.slice(6).replace("jpeg", "jpg")}`, { type });

export function takesFiles() {
  try {
    return Boolean(navigator.share && navigator.canShare?.({ files: [fileOf(["-"])] }));
  } catch {
    return false;
  }
}

/** The clip as a file. Fetched before it is asked for: phones open their menu only right after a tap. */
export async function fileFrom(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error("the clip is gone");
  const bytes = await response.blob();
  return fileOf([bytes], bytes.type);
}

/** Whether a tap is so recent that the phone opens its menu; else these words ask for another one. */
export const tappedNow = () => navigator.userActivation?.isActive !== false;
export const LATE = "Видео загружено. Нажмите ещё раз.";

/** Whether it was given on, or the person thought better of it; false where the phone refused. */
export async function shareFile(file) {
  try {
    await navigator.share({ files: [file] });
    return true;
  } catch (error) {
    return error.name === "AbortError";
  }
}

/** Copy a link; false where the browser forbids it. */
export async function copy(link) {
  try {
    await navigator.clipboard.writeText(link);
    return true;
  } catch {
    return false;
  }
}
