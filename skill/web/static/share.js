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

/** Give on the file that is promised; `say` puts words. False where there is none, or where the phone refused it. */
export async function giveOn(promised, say) {
  const file = await promised;
  const late = file && navigator.userActivation?.isActive === false; // a phone opens its menu only right after a tap
  say(late ? "Видео загружено. Нажмите ещё раз." : "");
  if (!file || late) return late;
  try {
    await navigator.share({ files: [file] });
    return true;
  } catch (error) {
    return error.name === "AbortError"; // the person thought better of it
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
