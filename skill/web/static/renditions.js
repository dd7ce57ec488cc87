// The clip for a messenger, or as a wallpaper: made when it is asked for, then shown, to be saved or given on.
import { lookLink, rendition } from "./api.js";
import { byId, findAll, press } from "./dom.js";
import { copy, fileFrom, giveOn, takesFiles } from "./share.js";
import { kept } from "./takes.js";
import { put } from "./words.js";

let wanted = ""; // the one that is waited for, or shown
let file = null; // a promise of it, to be given on
let look = ""; // the page that only shows it

/** Nothing is shown: another take is. */
function hideRendition() {
  wanted = "";
  byId("made").hidden = true;
  put("made-says", "");
  for (const button of findAll("[data-rendition]")) button.removeAttribute("aria-pressed");
}

/** Nothing is left of it on the page. */
export function forgetRendition() {
  hideRendition();
  file = null;
  look = "";
  for (const id of ["made-picture", "made-video", "made-save"])
    for (const name of ["src", "href"]) byId(id).removeAttribute(name);
}

/** Make this rendition of a take, and show it; without a name the one that was shown last. */
export async function showRendition(take, name = kept.made[take]) {
  hideRendition();
  if (!name) return;
  const mine = (wanted = `${take} ${name}`);
  const button = document.querySelector(`[data-rendition=${name}]`);
  press(button, true);
  byId("renditions").open = true;
  put("made-says", "Готовлю, это несколько секунд…");
  try {
    const made = await rendition(take, name);
    const link = name === "wallpaper" ? "" : await lookLink(take, name);
    if (wanted !== mine) return;
    look = link;
    reveal(made, name, button.textContent);
    if (kept.made[take] !== name) byId("made").scrollIntoView({ block: "nearest", behavior: "smooth" });
    kept.made[take] = name;
    history.replaceState({ ...history.state, kept }, "");
  } catch (error) {
    if (wanted === mine) put("made-says", `${error.sentence ?? "Не получилось."} ${error.advice ?? ""}`);
  }
}

function reveal(made, name, title) {
  const still = name === "wallpaper";
  byId("made-picture").hidden = !still;
  byId("made-video").hidden = still;
  byId(still ? "made-picture" : "made-video").src = made.url;
  byId("made-save").href = made.download;
  put("made-says", `${title}. Готово. Можно сохранить${look ? " или отправить" : ""}:`);
  byId("made-share").hidden = !look && !takesFiles();
  put("made-share", takesFiles() ? "Отправить" : "Скопировать ссылку");
  file = takesFiles() ? fileFrom(made.url).catch(() => null) : null;
  byId("made").hidden = false;
}

export async function shareRendition() {
  const say = (words) => put("made-says", words);
  if (await giveOn(file, say)) return;
  const copied = look && (await copy(look));
  say(copied ? "Ссылка скопирована. По ней видно только это видео." : "Не получилось. Сохраните и отправьте сами.");
}
