// What has been made of the photos: every take with its name, the chosen one large.
import { clock } from "./api.js";
import { byId, make, press } from "./dom.js";
import { drawAround } from "./picture.js";
import { until } from "./words.js";

const NAMES = new Map([...document.querySelectorAll("#movements [value]")].map((move) => [move.value, move.textContent.trim()]));

/** What stays over a reload, by the id of a take: where on its photo the people are who move, and what else was made of it. */
export const kept = history.state?.kept ?? { places: {}, made: {} };

export const active = (take) => ["waiting", "running"].includes(take.state);
export const gone = (take) => take.expires * 1000 <= clock.now();
export const links = (take) => Object.fromEntries(take.results.map((result) => [result.format, result]));

const wishesOf = (take) => (take.gesture?.length ? take.gesture.map((gesture) => `gesture:${gesture}`) : [`motion:${take.motion}`]);

/** The movement of a take, as its button has it; empty where it has none. */
export function movementOf(take) {
  const wishes = wishesOf(take);
  return wishes.length === 1 && NAMES.has(wishes[0]) ? wishes[0] : "";
}

export function nameOf(take) {
  const wishes = wishesOf(take);
  const known = wishes.map((wish) => NAMES.get(wish)).filter(Boolean);
  return known.length === wishes.length ? known.join(", ") : "По вашей просьбе";
}

/** Draw the strip; `chosen`: id of the take that is shown large. */
export function drawStrip(takes, chosen) {
  const shown = takes.filter((take) => take.state === "done" || active(take));
  byId("takes").hidden = shown.length < 2;
  const old = new Map([...byId("takes").children].map((button) => [button.dataset.take, button]));
  byId("takes").replaceChildren(...shown.map((take) => {
    const state = active(take) ? "making" : "made";
    const button = old.get(take.id)?.dataset.state === state ? old.get(take.id) : draw(take, state);
    press(button, take.id === chosen);
    return button;
  }));
  const strip = byId("takes"), mine = strip.querySelector("[aria-pressed=true]");
  if (mine) strip.scrollLeft = mine.offsetLeft - strip.offsetLeft - (strip.clientWidth - mine.clientWidth) / 2;
}

function draw(take, state) {
  const poster = links(take).jpg, picture = poster ? thumbnail(poster.url, kept.places[take.id]) : make("i", {}, "…");
  const button = make("button", { type: "button", className: "take" }, picture, make("span", {}, state === "making" ? "Делается" : nameOf(take)));
  Object.assign(button.dataset, { take: take.id, state });
  button.disabled = state === "making";
  return button;
}

function thumbnail(src, place) {
  const image = make("img", { src, alt: "" });
  if (!place) return image;
  const canvas = make("canvas", { width: 160, height: 160 });
  image.decode().then(() => drawAround(canvas, image, place, true), () => {});
  return canvas;
}

/** How long it is there, by this phone's clock. */
export function keptWords(take) {
  const left = take.expires * 1000 - clock.now();
  const minutes = Math.max(1, Math.round(left / 60000));
  return left < 600000
    ? `Видео удалится через ${minutes}\u00a0мин. Скачайте его, если оно вам нужно.`
    : `Видео хранится ${until(take.expires)}, а для «Ещё раз» — кадр из него${links(take).still ? " до и после правки" : ""}. Снимок мы уже удалили: он только в вашем телефоне.`;
}
