// The clip that is shown large: played, offered as files, and given on.
import { lookLink } from "./api.js";
import { byId } from "./dom.js";
import { copy, fileFrom, giveOn, takesFiles } from "./share.js";
import { links, nameOf } from "./takes.js";
import { put } from "./words.js";

const video = byId("video");
let file = null, // a promise of the clip to share
  look = ""; // the page that only shows it

/** The id of the take whose clip it is; undefined where there is none. */
export const playing = () => video.dataset.take;

/** Play the clip of a take. */
export function play(take) {
  const { mp4, jpg, before } = links(take);
  video.dataset.take = take.id;
  if (jpg) video.poster = jpg.url, byId("first").src = (before ?? jpg).url;
  byId("before").hidden = !jpg;
  video.src = mp4.url;
  video.setAttribute("aria-label", `Ожившая фотография: ${nameOf(take)}`);
  put("shared", "");
  byId("link").hidden = true;
  look = "";
  lookLink(take.id).then((link) => { if (playing() === take.id) look = link; }, () => {});
  put("share", takesFiles() ? "Поделиться" : "Скопировать ссылку");
  file = takesFiles() ? fileFrom(mp4.url).catch(() => null) : null;
  video.play().catch(() => {}); // where it may not begin by itself there are controls
}

/** The files of a take, each under its name. */
export function offer(take) {
  const files = links(take);
  for (const format of ["mp4", "gif", "still"]) Object.assign(byId(format), { hidden: !files[format], href: files[format]?.download ?? "" });
}

export async function share() {
  const say = (words) => put("shared", words), link = byId("link");
  say(file ? "Загружаю видео…" : "");
  if (await giveOn(file, say)) return;
  if (!look) return say("Ссылки сейчас нет. Скачайте видео и отправьте сами.");
  const copied = await copy(look);
  link.hidden = copied;
  link.value = look;
  if (!copied) link.select();
  say(`${copied ? "Ссылка скопирована" : "Вот ссылка"}. По ней видео можно посмотреть и скачать, но не удалить.`);
}

/** Nothing is left of it on the page. */
export function forgetClip() {
  file = null;
  look = "";
  for (const id of ["video", "first"])
    for (const name of ["src", "poster"]) byId(id).removeAttribute(name);
  delete video.dataset.take;
  video.load();
}

const hold = ({ type, key = " " }) => byId("done-print").classList.toggle("before", /down/.test(type) && /^( |Ent)/.test(key));
for (const kind of ["pointerdown", "keydown", "pointerup", "pointerleave", "pointercancel", "keyup", "blur"])
  byId("before")[`on${kind}`] = hold;
byId("before").oncontextmenu = () => false; // a long press is what is meant
if (matchMedia("(hover: hover) and (pointer: fine)").matches) { // a computer keeps files, a phone gives them on
  byId("mp4").classList.remove("quiet");
  byId("share").classList.add("quiet");
  byId("keeping").prepend(byId("mp4"));
}
