// The page behind a ticket's link: choose → wish → send → watch → keep, again or delete.
import { Trouble, deleteJob, findFaces, getJob, send, watch } from "./api.js";
import { turnPicture } from "./picture.js";
import { copy, fileFrom, shareFile, takesFiles } from "./share.js";

const byId = (id) => document.getElementById(id);
const page = byId("page");
const ticket = { token: page.dataset.token, header: page.dataset.header };
const sections = [...page.querySelectorAll(":scope > section")];
const photos = [byId("preview"), ...page.querySelectorAll("[data-photo]")];

let photo = null; // the file; it stays here until the page is closed, for retries and other wishes
let shownPhoto = "";
let turn = 0; // degrees clockwise
let clip = null; // a promise of the file to share
let job = null;
let fields = {};
let promised = {}; // what the person said of this photo: that it shows an adult, that the family consents
let takes = 0;
let doing = new AbortController();
let refresh = 0;

const say = (words) => { byId("live").textContent = words; };

function show(name) {
  for (const section of sections) section.hidden = section.id !== name;
  const title = byId(`${name}-title`);
  scrollTo(0, 0);
  title.focus({ preventScroll: true });
  say(title.textContent);
}

function restart() {
  doing.abort();
  clearInterval(refresh);
  doing = new AbortController();
  return doing.signal;
}

function choose(input) {
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  const tooLarge = file.size > Number(page.dataset.max);
  byId("choose-trouble").textContent = tooLarge ? "Фотография слишком большая. Подойдёт снимок до 40 мегабайт." : "";
  if (tooLarge) return;
  photo = file;
  takes = turn = 0;
  promised = {};
  turnTo(0);
  show("ready");
}

async function turnTo(degrees) {
  turn = degrees;
  const file = photo;
  const address = await turnPicture(file, degrees).catch(() => "");
  if (file !== photo || degrees !== turn) return URL.revokeObjectURL(address); // another tap was faster
  URL.revokeObjectURL(shownPhoto);
  shownPhoto = address;
  showPhoto(Boolean(address));
  for (const image of photos) image.src = address;
  byId("preview").dataset.turned = degrees;
}

function showPhoto(can) {
  for (const image of photos) image.hidden = !can;
  byId("unseen-photo").hidden = can;
  byId("turns").hidden = !can;
  for (const blank of page.querySelectorAll("[data-blank]")) blank.hidden = can;
}

function wishFields(form, name) {
  const [kind, value] = new FormData(form).get(name).split(":");
  const card = byId("card")?.checked ? "true" : "";
  return { ...promised, [kind]: value, seed: String(takes++), turn: turn ? String(turn) : "", card };
}

async function start(wish) {
  fields = wish;
  const signal = restart();
  show("work");
  progress("Отправляю фотографию", 0);
  try {
    follow(await persist(signal), signal);
  } catch (error) {
    if (!signal.aborted) trouble(error);
  }
}

/** A cut line is tried again twice before the person is asked. */
async function persist(signal) {
  for (const pause of [1000, 3000, 0]) {
    try {
      return await send(photo, fields, ticket, (share) => progress("Отправляю фотографию", 0.15 * share), signal);
    } catch (error) {
      if (error.code !== "network" || !pause) throw error;
      progress("Связь прервалась, пробую ещё раз", 0);
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (signal.aborted) throw error;
    }
  }
}

function follow(begun, signal) {
  job = begun;
  watch(begun.id, (now) => {
    job = now;
    if (now.state === "waiting") progress(now.says, 0.15, now.wait);
    else if (now.state === "running") progress(now.says, 0.15 + 0.85 * now.progress);
    else end(now);
  }, signal);
}

function progress(says, share, wait = 0) {
  const line = byId("says");
  if (line.textContent !== says) {
    line.textContent = says;
    say(says);
  }
  byId("bar").value = share;
  byId("wait").textContent = wait > 20
    ? `Перед вами есть другие, ждать примерно ${wait < 90 ? "минуту" : `${Math.round(wait / 60)} мин.`}`
    : "Обычно это меньше минуты. Страницу можно свернуть: всё продолжится.";
}

function end(now) {
  if (now.state === "done") return done(now);
  if (now.state === "deleted") return show("gone");
  if (now.reason === "several_faces" && photo) return askWho(now);
  return trouble(new Trouble(now.state === "failed" ? "failed" : now.reason, now.sentence, now.advice), now.cause);
}

/** A picture with a number on each face, to tap on; without one there are still the buttons below. */
async function askWho(now) {
  const some = "На фотографии несколько человек.";
  byId("people-count").textContent = now.cause ? now.sentence : some; // somebody was named who is not there
  byId("people").replaceChildren();
  for (const button of byId("numbers").querySelectorAll("[data-face]")) button.hidden = false;
  show("faces");
  try {
    const { faces, picture } = await findFaces(photo, turn, ticket);
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    const image = byId("who");
    image.src = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    image.hidden = false;
    byId("who-blank").hidden = true;
    byId("people").replaceChildren(...faces.map(person));
    for (const button of byId("numbers").querySelectorAll("[data-face]"))
      if (Number(button.dataset.face)) button.hidden = true; // the numbers are on the picture now
  } catch { /* the buttons */ }
}

function person(face) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "person" });
  button.append(Object.assign(document.createElement("span"), { textContent: face.number }));
  button.dataset.face = face.number;
  button.setAttribute("aria-label", `Человек номер ${face.number} слева`);
  for (const side of ["left", "top", "width", "height"]) button.style[side] = `${100 * face[side]}%`;
  return button;
}

// causes that the drawing of their reason does not show: there is only the one of a good photo
const UNDRAWN = ["dark", "burnt", "pale", "noise", "bowed", "tilt"];

function trouble(error, cause = "") {
  const known = error instanceof Trouble ? error : new Trouble("unexpected", "Что-то пошло не так.", "Попробуйте ещё раз.");
  const again = ["network", "unexpected", "failed", "unavailable", "queue_full", "http"].includes(known.code);
  byId("trouble-title").textContent = known.sentence;
  byId("trouble-advice").textContent = known.advice;
  byId("retry").hidden = !again || !photo;
  let answer = false; // the person may answer this refusal, while the photo is here
  for (const promise of page.querySelectorAll("[data-cause]")) {
    promise.hidden = promise.dataset.cause !== cause || !photo;
    answer ||= !promise.hidden;
  }
  byId("other").classList.toggle("quiet", answer || (again && Boolean(photo)));
  byId("other").hidden = ["used_ticket", "unknown_ticket"].includes(known.code);
  byId("askew").hidden = !(known.code === "no_face" || cause === "tilt") || !photo || byId("turns").hidden;
  byId("trouble-sign").hidden = false;
  for (const pair of page.querySelectorAll("[data-reason]")) {
    pair.hidden = pair.dataset.reason !== known.code;
    if (!pair.hidden) byId("trouble-sign").hidden = true;
    pair.firstElementChild.hidden = UNDRAWN.includes(cause);
  }
  show("trouble");
}

function done(now) {
  const links = Object.fromEntries(now.results.map((result) => [result.format, result]));
  if (!links.mp4) return show("gone");
  const video = byId("video");
  if (links.jpg) video.poster = links.jpg.url;
  video.src = links.mp4.url;
  offer(links);
  byId("remark").textContent = now.sentence;
  byId("remark").hidden = !now.sentence;
  byId("shared").textContent = "";
  byId("link").hidden = true;
  clip = null;
  byId("share").textContent = takesFiles() ? "Поделиться" : "Скопировать ссылку";
  if (takesFiles()) clip = fileFrom(links.mp4.url).catch(() => null);
  show("done");
  video.play().catch(() => {}); // where it may not begin by itself there are controls
  refresh = setInterval(async () => { // links live for a quarter of an hour, the page longer
    const later = await getJob(now.id).catch(() => null);
    if (later?.state === "done") offer(Object.fromEntries(later.results.map((result) => [result.format, result])));
  }, 600000);
}

function offer(links) {
  for (const format of ["mp4", "gif"]) {
    byId(format).hidden = !links[format];
    if (links[format]) byId(format).href = links[format].download;
  }
}

async function share() {
  const file = await clip;
  if (file && (await shareFile(file))) return;
  const link = `${location.origin}/u/${ticket.token}`; // this page may also be the one of account linking
  const copied = await copy(link);
  byId("link").hidden = copied;
  byId("link").value = link;
  if (!copied) byId("link").select();
  byId("shared").textContent = `${copied ? "Ссылка скопирована" : "Вот ссылка"}. Кто её откроет, сможет и посмотреть видео, и удалить.`;
}

async function erase() {
  const id = job?.id;
  restart();
  try {
    if (id) await deleteJob(id);
  } catch (error) {
    trouble(error);
    return;
  }
  job = null;
  byId("video").removeAttribute("src");
  byId("video").load();
  show("gone");
}

async function cancel() {
  const id = job?.id;
  job = null;
  restart();
  if (id) await deleteJob(id).catch(() => {}); // it ends by itself
  show(photo ? "ready" : "choose");
}

function another() {
  restart();
  show("choose");
}

const actions = { another, cancel, share, delete: erase, retry: () => start(fields), back: () => show("ready") };

for (const id of ["gallery", "camera"]) byId(id).addEventListener("change", (event) => choose(event.target));
byId("preview").addEventListener("error", () => photo && showPhoto(false));
page.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.do) actions[button.dataset.do]();
  if (button?.dataset.turn) {
    turnTo((turn + Number(button.dataset.turn)) % 360);
    say("Фотография повёрнута");
  }
  if (button?.dataset.promise) {
    promised = { ...promised, [button.dataset.promise]: "true" };
    start({ ...fields, ...promised });
  }
  if (button?.dataset.face) start({ ...fields, face: button.dataset.face });
});
byId("wish").noValidate = true;
byId("wish").addEventListener("submit", (event) => {
  event.preventDefault();
  const agreed = byId("agree").checked;
  byId("ready-trouble").textContent = agreed ? "" : "Отметьте согласие — без него мы не начнём.";
  if (!agreed) return byId("agree").focus();
  start(wishFields(event.target, "motion"));
});
byId("again").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!photo) {
    byId("choose-trouble").textContent = "Выберите ту же фотографию: у нас её уже нет.";
    return another();
  }
  start({ ...wishFields(event.target, "again"), face: fields.face ?? "" });
});
if (page.dataset.job) { // the page was loaded again
  show("work");
  follow({ id: page.dataset.job }, restart());
}
