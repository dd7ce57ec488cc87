// Who is to be animated: everybody's portrait, several may be chosen.
const byId = (id) => document.getElementById(id);
const SIDE = 120; // pixels of a portrait

/** Show the people of a photo; `chosen()` are the numbers that are pressed. */
export async function showPeople({ faces, picture }) {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const image = byId("who");
  image.src = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
  await image.decode();
  image.hidden = false;
  byId("who-blank").hidden = true;
  byId("people").replaceChildren(...faces.map(mark));
  byId("portraits").replaceChildren(...faces.map((face) => portrait(face, image)));
  image.onclick = (event) => {
    const at = image.getBoundingClientRect();
    const x = (event.clientX - at.left) / at.width, y = (event.clientY - at.top) / at.height;
    const far = (face) => Math.hypot(x - face.left - face.width / 2, y - face.top - face.height / 2);
    const nearest = faces.filter((face) => !face.note).sort((one, other) => far(one) - far(other))[0];
    if (nearest && far(nearest) < Math.max(nearest.width, nearest.height)) toggle(nearest.number);
  };
  update();
}

/** Without portraits there are the words. */
export function hidePeople() {
  byId("people").replaceChildren();
  byId("portraits").replaceChildren();
  update();
}

export const chosen = () => [...byId("portraits").querySelectorAll("[aria-pressed=true]")].map((one) => one.dataset.person);

export function toggle(number) {
  const button = byId("portraits").querySelector(`[data-person="${number}"]`);
  button?.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
  update();
}

export function everybody() {
  const able = [...byId("portraits").querySelectorAll(".person:not([aria-disabled])")];
  const all = able.every((one) => one.getAttribute("aria-pressed") === "true");
  for (const one of able) one.setAttribute("aria-pressed", !all);
  update();
}

function update() {
  const numbers = chosen();
  for (const box of byId("people").children) box.hidden = !numbers.includes(box.dataset.number);
  const able = byId("portraits").querySelectorAll(".person:not([aria-disabled])").length;
  byId("everybody").hidden = able < 2;
  byId("everybody").textContent = numbers.length === able ? "Снять выбор" : "Выбрать всех";
  byId("animate").hidden = !able;
  byId("animate").disabled = !numbers.length;
  byId("animate").textContent = numbers.length > 1 ? `Оживить: ${numbers.length}` : "Оживить";
  byId("sides").hidden = able > 0;
}

function mark(face) {
  const box = document.createElement("span");
  box.dataset.number = face.number;
  for (const side of ["left", "top", "width", "height"]) box.style[side] = `${100 * face[side]}%`;
  return box;
}

function portrait(face, image) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "person" });
  button.dataset.person = face.number;
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-label", `Человек ${face.number} слева${face.note && `: ${face.note}`}`);
  if (face.note) button.setAttribute("aria-disabled", "true");
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const side = 1.7 * Math.max(face.width * image.naturalWidth, face.height * image.naturalHeight);
  const x = (face.left + face.width / 2) * image.naturalWidth - side / 2;
  const y = (face.top + face.height / 2) * image.naturalHeight - side / 2;
  canvas.getContext("2d").drawImage(image, x, y, side, side, 0, 0, SIDE, SIDE);
  button.append(canvas, Object.assign(document.createElement("span"), { textContent: face.note || face.number }));
  return button;
}
