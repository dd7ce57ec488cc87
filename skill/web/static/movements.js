// The strip of movements: each is seen as a small clip, first of a sample, then of the person's own photo.
import { previewMovements } from "./api.js";
import { addressOf, byId, findAll, make, press } from "./dom.js";
import { scaled } from "./picture.js";
import { bind, put } from "./words.js";

const SIDE = 1280; // pixels of the photo that is sent for them
const page = byId("page");
const fieldset = byId("movements");
const again = document.querySelector("#again fieldset");
const onScreen = new Set();
const samples = new Map(); // address of a sample → a promise of its copy, from which a video needs no ranges
let still = ""; // the first frame of the own clips
let own = null; // movement → address of its clip; null while the sample is shown
let whose = ""; // who moves in them: the people as a wish names them, and whether there is a video of them
let whole = false; // all that were asked for came
let further = null; // asks for the others, while they are not there
export const SAMPLE = "Так движения выглядят на примере.";
const COMING = "Движения появляются по одному…";
const AUTO = " «Наш выбор» подберём по лицу.";
const example = `Это пример${"previews" in page.dataset ? ": после согласия покажем ваше фото" : ""}.${AUTO}`;
let stopped = matchMedia("(prefers-reduced-motion: reduce)").matches;
let asking = new AbortController();

/** The button that answers a refusal lies beside its words. */
function answer(cause = "") {
  const promise = page.querySelector(`#trouble [data-cause="${cause}"]`), button = promise?.cloneNode(true);
  if (button) {
    button.hidden = false;
    delete button.dataset.cause;
    button.firstElementChild.removeAttribute("id");
  }
  byId("answer").replaceChildren(...(button ? [button] : []));
  return promise?.dataset.advice;
}
const say = (words) => { for (const line of findAll(".says")) line.textContent = bind(words); };

/** Whether the strip shows this photo's own movements, all of them. */
export const isWhole = () => whole;

/** The value of the movement that is chosen; empty where it is none of those that are offered. */
export const pickedMovement = (form) => form.querySelector("[aria-pressed=true]")?.value ?? "";

/** Choose a movement; the form's button says which. */
export function pickMovement(form, value) {
  const moves = [...form.querySelectorAll(".move")], index = moves.findIndex((move) => move.value === value);
  for (const move of moves) press(move, move.value === value);
  const name = moves[index]?.textContent.trim();
  if (form.id === "wish") put("go", index > 0 ? `Оживить: ${name}` : "Оживить");
  else byId("once-more").textContent = name ? `Ещё раз: «${name}»` : "Ещё раз"; // no bound words: large letters need each line
}

function sample(value) {
  const address = `${page.dataset.static}/sample-${value.split(":")[1]}.mp4`;
  if (!samples.has(address)) samples.set(address, copyOf(address));
  return samples.get(address);
}

async function copyOf(address) {
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    return URL.createObjectURL(await answer.blob());
  } catch (error) {
    samples.delete(address); // asked for again when it comes into sight
    throw error;
  }
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
  for (const button of findAll("[data-do=stop]")) button.textContent = stopped ? "Показать движения" : "Остановить показ";
  drawAll();
}

function release() {
  for (const address of [still, ...(own?.values() ?? [])]) URL.revokeObjectURL(address);
}

/** Back to the sample; the own clips are gone. */
export function forgetPreviews(words = example) {
  asking.abort();
  release();
  still = "";
  own = null;
  whole = false;
  further = null;
  page.classList.add("sampled");
  answer();
  say(words);
  for (const video of findAll(".move video")) {
    video.removeAttribute("poster");
    if (onScreen.has(video)) draw(video);
    else empty(video); // drawn when it is scrolled to
  }
}

/** No more are asked for: a clip is being made, which goes first. */
export const endPreviews = () => asking.abort();

/** Show the movements on the own `photo`, or on one that is promised. `fields`: what the person said of it; `made`: there
 *  is a video of it already, and the person on it is known. `onPeople` hears how many are on it; of those who are chosen on
 *  it there were `known`, whose `portrait` stands still until their movements come. */
export async function showPreviews(photo, turn, fields, ticket, made = false, onPeople = () => {}, known = 0, portrait = "") {
  if (!("previews" in page.dataset)) return;
  let first = true;
  if (own && whose === fields.face + made) asking.abort(), answer(); // they are seen until the new ones come
  else forgetPreviews();
  whose = fields.face + made;
  if (portrait && !own) {
    still = portrait;
    own = new Map();
    page.classList.remove("sampled");
    drawAll();
  }
  whole = false;
  further = null;
  asking = new AbortController();
  const { signal } = asking;
  say("Примеряю движения на вашу фотографию…");
  try {
    await new Promise((resolve) => setTimeout(resolve, 250)); // who sends it at once wants none
    if (signal.aborted) return;
    const file = await photo, small = await scaled(file, turn, SIDE).catch(() => null);
    const form = { ...fields, turn: small ? "" : turn || "" };
    const receive = async (more) => {
      for await (const line of previewMovements(small ?? file, { ...form, ...more }, ticket, signal)) {
        if (signal.aborted) return true;
        if (line.reason) {
          forgetPreviews();
          const advice = answer(line.cause); // beside its button, after what was seen
          return say(made ? SAMPLE : advice ? `${line.sentence.split(". ")[0]}. ${advice}` : `${line.sentence} ${line.advice}`);
        }
        if (line.still && first) {
          people = line.people;
          if (known && known !== people) return forgetPreviews(SAMPLE); // their numbers would mean others
          first = false;
          say(COMING);
          release();
          still = addressOf(line.still, "image/jpeg");
          own = new Map();
          page.classList.remove("sampled");
          byId("mend").hidden = !line.restore;
          for (const one of ["auto", "colour", "enlarge"]) byId(one).hidden = !line.restore?.includes(one);
          onPeople(people);
        } else if (line.movement) own.set(line.movement, addressOf(line.clip, "video/mp4"));
        drawAll();
      }
      return signal.aborted;
    };
    let people = 0;
    if ((await receive()) !== false) return;
    const one = !made && people > 1 && !known ? ` Здесь пример на одном из${people > 20 ? " многих" : ` ${people}`}.` : "";
    const ready = () => {
      whole = true;
      say(`Нажмите на движение, которое нравится.${one || AUTO}`);
    };
    further = async () => {
      whole = false;
      say(COMING);
      if ((await receive({ further: true }).catch(() => signal.aborted)) === false) ready(); // without them they stand still
    };
    ready();
    askFurther();
  } catch {
    if (signal.aborted) return;
    forgetPreviews();
    say(made ? SAMPLE : "На вашем фото сейчас не получилось. Выберите по примеру.");
  }
}

/** The further movements, once they are looked for. */
function askFurther() {
  if (!page.querySelector("[data-further][open]")) return;
  further?.();
  further = null;
}
page.addEventListener("toggle", askFurther, true);

for (const move of fieldset.querySelectorAll("[value]")) Object.assign(move, { className: "move", type: "button" });
again.append(...[...fieldset.children].filter((part) => part.tagName !== "LEGEND" && !part.id).map((part) => part.cloneNode(true)));
for (const move of findAll(".move")) {
  const video = make("video", { muted: true, loop: true, playsInline: true, preload: "auto", tabIndex: -1 });
  video.setAttribute("aria-hidden", "true");
  move.prepend(video);
  watcher.observe(video);
}
for (const form of findAll("form")) pickMovement(form, form.querySelector(".move")?.value);
stop(stopped);
forgetPreviews();
