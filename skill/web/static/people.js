// Who is to be animated: everybody's portrait, several may be chosen.
import { addressOf, byId, findAll, make, press } from "./dom.js";
import { drawAround } from "./picture.js";
import { put } from "./words.js";

const SIDE = 160; // pixels of a portrait
let known = []; // the faces that are shown
let shown = ""; // address of the photo that they are on
let wait = false; // whether more is to be chosen before they are animated

const FIND = "Рассматриваю лица…", CHOOSE = "Нажмите на одного или на нескольких.";
const UNSEEN = "Показать их по одному не получилось.", NOBODY = "Оживить здесь никого не получится. Попробуйте другую фотографию.";

const say = (words) => { put("people-says", words); };

/** Show the people that `found` resolves to; `chosen()` are the numbers that are pressed. `at`: where one of them was tapped
 *  on, in shares of the photo. Where it fails there are words, of those who are to be chosen now; else it rejects. */
export async function showPeople(found, isWanted, at, early) {
  wait = early;
  hidePeople();
  say(FIND);
  try {
    const view = await found;
    if (!isWanted()) return;
    const image = await showPicture(view.picture);
    if (!isWanted()) return;
    draw(view.faces, image);
    if (at) tap(view.faces, at);
  } catch (error) {
    if (!isWanted()) return;
    hidePeople();
    if (early) throw error;
    say(UNSEEN);
    byId("sides").hidden = false;
  }
}

/** Choose who is nearest to a point of the photo. */
function tap(faces, [x, y]) {
  const far = (face) => Math.hypot(x - face.left - face.width / 2, y - face.top - face.height / 2);
  const nearest = faces.filter((face) => !face.note).sort((one, other) => far(one) - far(other))[0];
  if (nearest && far(nearest) < Math.max(nearest.width, nearest.height)) toggle(nearest.number);
}

/** Where an event lies on a picture, in shares of it. */
export function placeOn(image, { clientX, clientY }) {
  const at = image.getBoundingClientRect();
  return [(clientX - at.left) / at.width, (clientY - at.top) / at.height];
}

async function showPicture(base64) {
  const image = byId("who");
  URL.revokeObjectURL(shown);
  image.src = shown = addressOf(base64, "image/jpeg");
  await image.decode();
  image.hidden = false;
  byId("who-blank").hidden = true;
  return image;
}

function draw(faces, image) {
  known = faces;
  byId("people").replaceChildren(...faces.map(mark));
  byId("portraits").replaceChildren(...inRows(faces, image));
  image.onclick = (event) => tap(faces, placeOn(image, event));
  balance();
  update();
  say(faces.every((face) => face.note) ? NOBODY : CHOOSE);
}

/** As many portraits beside each other as make rows of about the same length. */
function balance() {
  for (const group of findAll("#portraits .people")) {
    group.style.gridTemplateColumns = "";
    const most = getComputedStyle(group).gridTemplateColumns.split(" ").length, number = group.children.length;
    group.style.gridTemplateColumns = `repeat(${Math.ceil(number / Math.ceil(number / most))}, minmax(0, 5.2rem))`;
  }
}

/** Portraits from the left; of a group in rows each row from the left, under its name. */
function inRows(faces, image) {
  const rows = [];
  for (const face of faces) (rows[face.row - 1 || 0] ??= []).push(face);
  return rows.flatMap((people, at) => {
    const row = at === 0 ? "Верхний ряд" : at === rows.length - 1 ? "Нижний ряд" : `Ряд ${at + 1} сверху`;
    const name = rows.length > 1 ? `${row}, ` : "Человек ";
    const portraits = people.map((face, index) => portrait(face, image, `${name}${index + 1} слева`, index + 1));
    const group = make("div", { className: "people" }, ...portraits);
    return rows.length > 1 ? [make("p", {}, row), group] : [group];
  });
}

/** Nobody is shown: the photo is another one, or its people are being found. */
export function hidePeople() {
  known = [];
  byId("people").replaceChildren();
  byId("portraits").replaceChildren();
  update();
}

/** The part of the photo with the people of a wish, as far as their places are known. */
export function placeOf(wanted = "") {
  const all = known.filter(({ number }) => wanted.split(",").includes(`${number}`)).map(boxOf);
  return all.length && [0, 1, 2, 3].map((side) => Math[side < 2 ? "min" : "max"](...all.map((box) => box[side])));
}

/** A picture of these people alone, as an address. */
export function portraitOf(wanted) {
  const canvas = make("canvas", { width: SIDE, height: SIDE });
  drawAround(canvas, byId("who"), placeOf(wanted), true);
  return addressOf(canvas.toDataURL("image/jpeg").split(",")[1], "image/jpeg");
}

const boxOf = ({ left, top, width, height }) => [left, top, left + width, top + height];

export const chosen = () => [...findAll("#portraits [aria-pressed=true]")].map((one) => one.dataset.person);

const isPressed = (button) => button.getAttribute("aria-pressed") === "true";

export function toggle(number) {
  const button = byId("portraits").querySelector(`[data-person="${number}"]`);
  press(button, !isPressed(button));
  update();
}

/** Choose all of them, or `none`. */
export function everybody(none) {
  const able = [...findAll("#portraits .person:not([aria-disabled])")];
  const all = none || able.every(isPressed);
  for (const one of able) press(one, !all);
  update();
}

function update() {
  const numbers = chosen();
  for (const box of byId("people").children) box.hidden = !numbers.includes(box.dataset.number);
  const able = findAll("#portraits .person:not([aria-disabled])").length;
  byId("everybody").hidden = able < 2;
  put("everybody", numbers.length === able ? "Снять выбор" : "Выбрать всех");
  byId("animate").hidden = !able;
  byId("animate").disabled = !numbers.length;
  const does = wait ? "Дальше" : "Оживить";
  byId("to-moves").hidden = !wait;
  put("animate", numbers.length > 1 ? `${does}: ${numbers.length}` : does);
  byId("sides").hidden = true;
}

function mark(face) {
  const box = make("span");
  box.dataset.number = face.number;
  for (const side of ["left", "top", "width", "height"]) box.style[side] = `${100 * face[side]}%`;
  return box;
}

function portrait(face, image, name, shown) {
  const canvas = make("canvas", { width: SIDE, height: SIDE });
  const button = make("button", { type: "button", className: "person" }, canvas, make("span", {}, face.note || shown));
  button.dataset.person = face.number;
  press(button, false);
  button.setAttribute("aria-label", face.note ? `${name}: ${face.note}` : name);
  if (face.note) button.setAttribute("aria-disabled", "true");
  drawAround(canvas, image, boxOf(face));
  return button;
}
new ResizeObserver(balance).observe(byId("animate")); // as wide as they all are; also once they come to be seen
