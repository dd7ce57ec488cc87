// The strip of movements: each is seen as a small clip, first of a sample, then of the person's own photo.
import { previewMovements } from "./api.js";
import { scaled } from "./picture.js";
import { bind } from "./words.js";

const SIDE = 1280; // pixels of the photo that is sent for them
const page = document.getElementById("page");
const fieldset = document.getElementById("movements");
const again = document.querySelector("#again fieldset");
const onScreen = new Set();
const samples = new Map(); // address of a sample → a promise of its copy, from which a video needs no ranges
let still = ""; // the first frame of the own clips
let own = null; // movement → address of its clip; null while the sample is shown
const example = "previews" in page.dataset ? "Это пример. После согласия покажем ваше фото." : "Так движения выглядят на примере.";
let stopped = matchMedia("(prefers-reduced-motion: reduce)").matches;
let asking = new AbortController();

const addressOf = (base64, type) =>
  URL.createObjectURL(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type }));
const say = (words) => { for (const line of page.querySelectorAll(".says span")) line.textContent = bind(words); };

export const pickedMovement = (form) => form.querySelector("[aria-pressed=true]").value;

export function pickMovement(form, value) {
  for (const move of form.querySelectorAll(".move")) move.setAttribute("aria-pressed", move.value === value);
}

function sample(value) {
  const address = `${page.dataset.static}/sample-${value.split(":")[1]}.mp4`;
  if (!samples.has(address)) samples.set(address, fetch(address).then((answer) => answer.blob()).then((blob) => URL.createObjectURL(blob)));
  return samples.get(address);
}

function empty(video) {
  video.removeAttribute("src");
  video.load();
}

async function draw(video) {
  const { value } = video.parentElement;
  const address = own ? own.get(value) : await sample(value).catch(() => "");
  if (own && address !== own.get(value)) return; // own ones came
  video.poster = own ? still : `${page.dataset.static}/sample.jpg`;
  if (!address) return empty(video);
  if (video.src !== address) video.src = address;
  if (stopped) video.pause();
  else if (onScreen.has(video)) video.play().catch(() => {}); // where it may not begin by itself there is its first frame
}

const drawAll = () => onScreen.forEach(draw);
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    onScreen[isIntersecting ? "add" : "delete"](target);
    if (isIntersecting) draw(target);
    else target.pause();
  }
});

export function stop(so = !stopped) {
  stopped = so;
  for (const button of page.querySelectorAll(".stop")) button.textContent = stopped ? "Показать движение" : "Остановить";
  drawAll();
}

/** Back to the sample; the own clips are gone. */
export function forgetPreviews(words = example) {
  asking.abort();
  for (const address of [still, ...(own?.values() ?? [])]) URL.revokeObjectURL(address);
  still = "";
  own = null;
  say(words);
  for (const video of page.querySelectorAll(".move video")) {
    if (onScreen.has(video)) draw(video);
    else empty(video); // drawn when it is scrolled to
  }
}

/** No more are asked for: a clip is being made, which goes first. */
export const endPreviews = () => asking.abort();

/** Show the movements on the own photo, turned by `turn`; `promised`: what the person said of it. */
export async function showPreviews(photo, turn, promised, ticket) {
  if (!("previews" in page.dataset)) return;
  forgetPreviews();
  asking = new AbortController();
  const { signal } = asking;
  say("Примеряю движения на вашу фотографию…");
  try {
    await new Promise((resolve) => setTimeout(resolve, 250)); // who sends it at once wants none
    if (signal.aborted) return;
    const small = await scaled(photo, turn, SIDE).catch(() => null);
    const fields = { ...promised, turn: small ? "" : turn || "" };
    for await (const line of previewMovements(small ?? photo, fields, ticket, signal)) {
      if (signal.aborted) return;
      if (line.reason) return say(`${line.sentence} ${line.advice}`);
      own ??= new Map();
      if (line.still) still = addressOf(line.still, "image/jpeg");
      else own.set(line.movement, addressOf(line.clip, "video/mp4"));
      drawAll();
    }
    say("Нажмите на движение, которое нравится. Людей несколько? Спросим, кого.");
  } catch {
    if (signal.aborted) return;
    forgetPreviews();
    say("На вашей фотографии сейчас не получилось. Выберите по примеру.");
  }
}

again.append(...[...fieldset.children].filter((part) => part.tagName !== "LEGEND").map((part) => part.cloneNode(true)));
for (const move of page.querySelectorAll(".moves:not(.plain) .move")) {
  const video = Object.assign(document.createElement("video"), { muted: true, loop: true, playsInline: true, preload: "auto", tabIndex: -1 });
  video.setAttribute("aria-hidden", "true");
  move.prepend(video);
  watcher.observe(video);
}
stop(stopped);
forgetPreviews();
