// The clip for a messenger, or as a wallpaper: made when it is asked for, then shown, to be saved or given on.
import { rendition } from "./api.js";
import { fileFrom, shareFile, takesFiles } from "./share.js";
import { bind } from "./words.js";

const byId = (id) => document.getElementById(id);
let wanted = ""; // the one that is waited for, or shown
let file = null; // a promise of it, to be given on

/** Nothing is shown: another take is. */
export function hideRendition() {
  wanted = "";
  byId("made").hidden = true;
  byId("made-says").textContent = "";
  for (const button of byId("renditions").querySelectorAll("button")) button.removeAttribute("aria-pressed");
}

/** Make this rendition of a take, and show it. */
export async function showRendition(take, name) {
  hideRendition();
  const mine = (wanted = `${take} ${name}`);
  byId("renditions").querySelector(`[data-rendition=${name}]`).setAttribute("aria-pressed", true);
  byId("made-says").textContent = "Готовлю, это несколько секунд…";
  try {
    const made = await rendition(take, name);
    if (wanted === mine) reveal(made, name);
  } catch (error) {
    if (wanted === mine) byId("made-says").textContent = bind(`${error.sentence ?? "Не получилось."} ${error.advice ?? ""}`);
  }
}

function reveal(made, name) {
  const still = name === "wallpaper";
  byId("made-picture").hidden = !still;
  byId("made-video").hidden = still;
  byId(still ? "made-picture" : "made-video").src = made.url;
  byId("made-save").href = made.download;
  byId("made-says").textContent = `Готово. Можно сохранить${takesFiles() ? " или отправить" : ""}.`;
  byId("made-share").hidden = !takesFiles();
  file = takesFiles() ? fileFrom(made.url).catch(() => null) : null;
  byId("made").hidden = false;
  byId("made").scrollIntoView({ block: "nearest", behavior: "smooth" });
}

export async function shareRendition() {
  const ready = await file;
  if (!ready || !(await shareFile(ready))) byId("made-says").textContent = bind("Не получилось отправить. Сохраните и отправьте сами.");
}
