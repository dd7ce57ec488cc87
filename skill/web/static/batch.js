// Several photos at once: each with its own consent and its own turn; they are sent one after the other.
import { byId, findAll, make, press } from "./dom.js";

const MOST = 10;
const SIDE = 96; // pixels of a thumbnail
const WORDS = { done: "готово", now: "делается", left: "ждёт", failed: "не получилось" };

let items = []; // { file, turn, thumb, agreed, state }
let at = 0; // the one that is shown, or sent

export const several = () => items.length > 1;
export const more = () => several() && items.slice(at + 1).some((item) => item.state === "left");
export const agreed = () => items.every((item) => item.agreed);

/** Take these photos; how many there were too many. */
export function fill(files) {
  at = 0;
  items = files.slice(0, MOST).map((file) => ({ file, turn: 0, agreed: false, state: "left", thumb: thumbnail(file) }));
  draw();
  return files.length - items.length;
}

export function clear() {
  items = [];
  draw();
}

/** Show one of them large. */
export function pick(index) {
  at = index;
  draw();
  return items[at];
}

export function remove(index) {
  items.splice(index, 1);
  at = Math.min(index < at ? at - 1 : at, items.length - 1);
  draw();
  return items[at];
}

/** The one that is shown is turned. */
export function turnCurrent(degrees) {
  if (!items.length) return;
  items[at].turn = degrees;
  draw();
}

export function agree(index, does) {
  items[index].agreed = does;
}

/** The one that was sent has come to an end. */
export function settle(state) {
  if (!several()) return;
  items[at].state = state;
  draw();
}

/** The next photo is sent. */
export function next() {
  if (items[at].state === "now") settle("failed");
  at = items.findIndex((item, index) => index > at && item.state === "left");
  settle("now");
  return items[at];
}

export function begin() {
  at = 0;
  for (const item of items) item.state = "left";
  settle("now");
  return items[0];
}

/** The photos on the page where they are agreed to, and those of the one where they are made. */
export function draw() {
  byId("batch").hidden = byId("batch-work").hidden = !several();
  byId("agreement").classList.toggle("many", several());
  byId("batch-list").replaceChildren(...(several() ? items.map(row) : []));
  byId("batch-strip").replaceChildren(...(several() ? items.map(tile) : []));
  for (const line of findAll("[data-batch]"))
    line.textContent = several() ? `Фотография ${at + 1} из\u00a0${items.length}` : "";
}

function thumbnail(file) {
  const canvas = make("canvas", { width: SIDE, height: SIDE });
  createImageBitmap(file).then((picture) => {
    const share = Math.max(SIDE / picture.width, SIDE / picture.height);
    const width = share * picture.width, height = share * picture.height;
    canvas.getContext("2d").drawImage(picture, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
    picture.close();
    draw();
  }, () => {}); // a browser that can't read it shows its number alone
  return canvas;
}

function copyOf({ thumb, turn }) {
  const copy = make("canvas", { width: SIDE, height: SIDE });
  copy.getContext("2d").drawImage(thumb, 0, 0);
  copy.style.rotate = `${turn}deg`;
  return copy;
}

function row(item, index) {
  const show = make("button", { type: "button", className: "thumb", ariaLabel: `Показать фото ${index + 1}` }, copyOf(item));
  const box = make("input", { type: "checkbox", checked: item.agreed, id: `agree-${index}` });
  const away = make("button", { type: "button", className: "away", ariaLabel: `Убрать фото ${index + 1}` }, "×");
  show.dataset.pick = box.dataset.agree = away.dataset.remove = index;
  press(show, index === at);
  return make("li", {}, box, show, make("label", { htmlFor: box.id }, `Фото ${index + 1}: согласие даю`), away);
}

function tile(item, index) {
  const element = make("li", { className: "tile" }, copyOf(item), make("span", {}, WORDS[item.state]));
  element.dataset.state = item.state;
  element.setAttribute("aria-label", `Фото ${index + 1}: ${WORDS[item.state]}`);
  return element;
}
