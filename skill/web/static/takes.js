// What has been made of the photos: every take with its name, the chosen one large.
import { clock } from "./api.js";
import { until } from "./words.js";

const byId = (id) => document.getElementById(id);
const NAMES = new Map([...document.querySelectorAll("#movements .move")].map((move) => [move.value, move.textContent.trim()]));

export const active = (take) => ["waiting", "running"].includes(take.state);
export const gone = (take) => take.expires * 1000 <= clock.now();
export const links = (take) => Object.fromEntries(take.results.map((result) => [result.format, result]));

export function nameOf(take) {
  const wishes = take.gesture?.length ? take.gesture.map((gesture) => `gesture:${gesture}`) : [`motion:${take.motion}`];
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
    button.setAttribute("aria-pressed", take.id === chosen);
    return button;
  }));
  const strip = byId("takes"), mine = strip.querySelector("[aria-pressed=true]");
  if (mine) strip.scrollLeft = mine.offsetLeft - strip.offsetLeft - (strip.clientWidth - mine.clientWidth) / 2;
}

function draw(take, state) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "take" });
  Object.assign(button.dataset, { take: take.id, state });
  const poster = links(take).jpg;
  if (poster) button.append(Object.assign(document.createElement("img"), { src: poster.url, alt: "" }));
  else button.append(Object.assign(document.createElement("i"), { textContent: "…" }));
  button.append(Object.assign(document.createElement("span"), { textContent: state === "making" ? "Делается" : nameOf(take) }));
  button.disabled = state === "making";
  return button;
}

/** How long it is there, by this phone's clock. */
export function keptWords(take) {
  const left = take.expires * 1000 - clock.now();
  const minutes = Math.max(1, Math.round(left / 60000));
  return left < 600000
    ? `Видео удалится через ${minutes}\u00a0мин. Скачайте его, если оно вам нужно.`
    : `Видео хранится ${until(take.expires)}. Сам снимок мы уже удалили.`;
}
