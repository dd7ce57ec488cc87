// The page behind a ticket's link: choose → wish → send → watch → keep, again or delete.
import { Trouble, again, clock, deleteJob, deleteTakes, facesOf, findFaces, listTakes, lookLink, send, watch } from "./api.js";
import { agree, agreed, begin, clear, fill, more, next, pick, remove, settle, several, turnCurrent } from "./batch.js";
import { drawGood, drawRefusal } from "./drawings.js";
import { endPreviews, forgetPreviews, pickMovement, pickedMovement, showPreviews, stop } from "./movements.js";
import { chosen, everybody, hidePeople, showPeople, toggle } from "./people.js";
import { turnPicture } from "./picture.js";
import { hideRendition, shareRendition, showRendition } from "./renditions.js";
import { copy, fileFrom, shareFile, takesFiles } from "./share.js";
import { active, drawStrip, gone, keptWords, links, nameOf } from "./takes.js";
import { about, bind, minutes, until } from "./words.js";

const byId = (id) => document.getElementById(id);
const page = byId("page");
const ticket = { token: page.dataset.token, header: page.dataset.header };
const sections = [...page.querySelectorAll(":scope > section")];
const photos = [byId("preview"), ...page.querySelectorAll("[data-photo]")];

let photo = null; // the file; it stays here until the page is closed, for retries and other wishes
let shownPhoto = "";
let turn = 0; // degrees clockwise
let clip = null; // a promise of the file to share
let look = ""; // the page that only shows the clip
let job = null; // the one that is waited for, or that asks
let takes = [];
let shown = ""; // id of the take that is shown large
let fields = {};
let promised = {}; // what the person said of this photo: that it shows an adult, that the family consents
let count = 0;
let doing = new AbortController();
let closes = Date.now() + 1000 * Number(page.dataset.left); // until when the ticket takes a photo
let ready = 0; // when the job is expected to be done
let since = 0; // when it was asked for
let began = 0; // when it was first seen at work
let expected = 0; // seconds that were left then
let late = false; // it takes much longer

const say = (words) => { byId("live").textContent = words; };
const made = () => takes.filter((take) => take.state === "done");
const step = () => sections.find((section) => !section.hidden)?.id;

function reveal(name) {
  for (const section of sections) section.hidden = section.id !== name;
  const title = byId(`${name}-title`);
  scrollTo(0, 0);
  title.focus({ preventScroll: true });
  say(title.textContent);
  for (const link of page.querySelectorAll("[data-do=takes]")) link.hidden = !takes.some((take) => take.state === "done");
  for (const button of page.querySelectorAll("[data-next]")) button.hidden = !more();
  tick();
}

// what begins something gets an entry of its own in the history; what comes of it takes its place
const BEGINS = ["ready", "work", "choose"];

function show(name) {
  const before = step();
  if (name !== before) history[BEGINS.includes(name) && before !== "work" ? "pushState" : "replaceState"]({ step: name }, "");
  reveal(name);
}

addEventListener("popstate", (event) => {
  const wanted = event.state?.step ?? "choose";
  if (wanted === "ready" && photo) return reveal("ready");
  if (wanted === "choose" || wanted === "ready") return reveal("choose");
  if (job && active(job)) return reveal("work");
  if (wanted === "faces" && job?.reason === "several_faces") return reveal("faces");
  reveal(made().length ? "done" : ["gone", "late", "trouble", "expired"].includes(wanted) ? wanted : "choose");
});

function restart() {
  doing.abort();
  doing = new AbortController();
  return doing.signal;
}

function choose(files) {
  if (!files.length) return;
  const fit = files.filter((file) => file.size <= Number(page.dataset.max));
  const tooLarge = fit.length < files.length ? "Фотография слишком большая. Подойдёт снимок до 40 мегабайт." : "";
  byId("choose-trouble").textContent = tooLarge;
  if (!fit.length) return show("choose");
  const beyond = fill(fit);
  byId("ready-trouble").textContent = bind(beyond ? "За один раз — до десяти фотографий: взяли первые." : tooLarge);
  for (const box of page.querySelectorAll(".consent input")) box.checked = false; // a consent is for one photo
  usePhoto(fit[0], 0);
  show("ready");
}

/** This photo is meant from now on. */
function usePhoto(file, degrees) {
  photo = file;
  count = 0;
  promised = {};
  hidePeople();
  forgetPreviews();
  turnTo(degrees);
}

/** The next photo of several, with the same wish. */
function nextPhoto() {
  const { face, adult, archive, ...wish } = fields;
  const item = next();
  usePhoto(item.file, item.turn);
  start(wish);
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
  preview();
}

/** The movements on the own photo, once the person has agreed; the sample before. */
function preview() {
  if (step() !== "ready") return;
  if (photo && (several() ? agreed() : byId("agree").checked)) showPreviews(photo, turn, promised, ticket);
  else forgetPreviews();
}

function showPhoto(can) {
  for (const image of photos) image.hidden = !can;
  byId("unseen-photo").hidden = can;
  if (!can) drawGood(byId("unseen-photo").firstElementChild);
  byId("turns").hidden = !can;
  for (const blank of page.querySelectorAll("[data-blank]")) blank.hidden = can;
}

function wishFields(form) {
  const [kind, value] = pickedMovement(form).split(":");
  return { ...promised, [kind]: value, seed: count++ };
}

/** Ask for a video: with the photo, or for another wish on the photo of a take that the service has. */
async function start(wish, before = "") {
  fields = wish;
  const signal = restart();
  endPreviews();
  job = null;
  show("work");
  progress("Отправляю", 0);
  try {
    const sent = before ? await again(before, wish, ticket) : await persist(signal);
    if (!signal.aborted) follow(sent, signal);
  } catch (error) {
    if (before && photo && error.code === "not_found") return start(wish); // it has waited for too long
    if (!signal.aborted) trouble(error);
  }
}

/** A cut line is tried again twice before the person is asked. */
async function persist(signal) {
  const form = { ...fields, turn: turn || "", card: byId("card")?.checked || "" };
  for (const pause of [1000, 3000, 0]) {
    try {
      return await send(photo, form, ticket, (share) => progress("Отправляю фотографию", 0.15 * share), signal);
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
  since = Date.now();
  ready = began = 0;
  late = false;
  watch(begun.id, (now) => {
    job = now;
    if (now.left) ready = Date.now() + 1000 * Math.max(now.left, paceLeft(now));
    if (now.state === "waiting") progress(now.says, 0.15, now.wait);
    else if (now.state === "running") progress(now.says, 0.15 + 0.85 * now.progress);
    else end(now);
  }, signal);
}

/** Seconds that are left at the pace that is seen: the service knows how long others took. */
function paceLeft(now) {
  if (now.state !== "running") return 0;
  if (!began) [began, expected] = [Date.now(), now.left];
  const spent = (Date.now() - began) / 1000;
  late = spent > 2 * expected + 8;
  return now.progress > 0.15 ? (spent * (1 - now.progress)) / now.progress : 0;
}

function progress(says, share, wait = 0) {
  const line = byId("says");
  if (line.textContent !== says) {
    line.textContent = says;
    say(says);
  }
  byId("bar").value = share;
  byId("wait").dataset.wait = wait;
  tick();
}

function waitWords() {
  const wait = Number(byId("wait").dataset.wait), left = (ready - Date.now()) / 1000;
  if (wait > 20) return `Перед вами есть другие, ждать ${about(wait)}. Страницу можно свернуть: всё продолжится.`;
  if (job?.stalled || (job?.state === "waiting" && Date.now() - since > 60000 && left < 30))
    return "Очередь стоит дольше обычного. Страницу можно закрыть: видео появится здесь же, когда дойдёт черёд.";
  if (ready && left < -8) return "Идёт дольше обычного, но идёт. Страницу можно свернуть: всё продолжится.";
  if (late) return `Идёт дольше обычного: осталось ${about(Math.max(left, 5))}. Страницу можно свернуть: всё продолжится.`;
  if (ready) return `Осталось ${about(Math.max(left, 5))}. Страницу можно свернуть: всё продолжится.`;
  return "Страницу можно свернуть: всё продолжится.";
}

const wishOf = (take) => (take.gesture?.length ? { gesture: take.gesture.join(",") } : { motion: take.motion });

async function end(now) {
  const looking = step() === "work"; // else the person went back meanwhile
  if (now.state === "deleted" && !made().length) return looking && show("gone");
  if (now.state === "done" || now.state === "deleted") {
    await refresh();
    settle("done");
    shown = now.id;
    if (looking) return more() ? nextPhoto() : done();
    return;
  }
  if (!looking) return;
  if (now.reason === "several_faces") return askWho();
  trouble(new Trouble(now.state === "failed" ? "failed" : now.reason, now.sentence, now.advice), now.cause);
}

/** Everybody's portrait to choose by; without them there are still the words. */
async function askWho() {
  const some = "На фотографии несколько человек.";
  byId("people-count").textContent = bind(job.cause ? job.sentence : some); // somebody was named who is not there
  hidePeople();
  show("faces");
  const id = job.id;
  const found = photo ? findFaces(photo, turn, ticket) : facesOf(id, ticket);
  try {
    const view = await found;
    if (job?.id === id) await showPeople(view);
  } catch { /* the words */ }
}

const AGAIN = ["network", "unexpected", "failed", "unavailable", "queue_full", "http", "too_many_photos", "too_many_uploads"];

function trouble(error, cause = "") {
  const known = error instanceof Trouble ? error : new Trouble("unexpected", "Что-то пошло не так.", "Попробуйте ещё раз.");
  if (known.code === "unknown_ticket") return show("late");
  settle("failed");
  const retry = AGAIN.includes(known.code);
  const held = Boolean(photo) || job?.state === "refused"; // the photo is here, or the service has it while it asks
  byId("trouble-title").textContent = bind(known.sentence);
  byId("trouble-advice").textContent = bind(known.advice);
  byId("retry").hidden = !retry || !photo;
  let answer = false; // the person may answer this refusal, while the photo is here
  for (const promise of page.querySelectorAll("[data-cause]")) {
    promise.hidden = promise.dataset.cause !== cause || !held;
    if (promise.hidden) continue;
    answer = true;
    byId("trouble-advice").textContent = bind(promise.dataset.advice);
  }
  byId("who-else").hidden = !photo || !byId("portraits").children.length; // somebody of several was meant
  byId("who-else").classList.toggle("quiet", answer);
  byId("other").classList.toggle("quiet", !byId("who-else").hidden || answer || more() || (retry && Boolean(photo)));
  byId("askew").hidden = !(known.code === "no_face" || cause === "tilt") || !photo || byId("turns").hidden;
  byId("trouble-sign").hidden = drawRefusal(byId("examples"), known.code, cause);
  show("trouble");
}

/** The takes as they are now; false where nobody answers. */
async function refresh() {
  try {
    const view = await listTakes(ticket);
    takes = view.animations.filter((take) => !gone(take));
    closes = 1000 * view.until - clock.skew;
    return true;
  } catch (error) {
    if (error.code === "unknown_ticket") takes = [];
    return false;
  }
}

function done() {
  const take = made().find((one) => one.id === shown) ?? made().at(-1);
  if (!take) return show("gone");
  if (byId("video").dataset.take !== take.id) play(take);
  offer(take);
  byId("remark").textContent = bind(take.sentence);
  byId("remark").hidden = !take.sentence;
  drawStrip(takes, take.id);
  if (step() !== "done") show("done");
}

function play(take) {
  const { mp4, jpg } = links(take), video = byId("video");
  if (!mp4) return;
  shown = video.dataset.take = take.id;
  if (jpg) video.poster = byId("first").src = jpg.url;
  byId("before").hidden = !jpg;
  video.src = mp4.url;
  video.setAttribute("aria-label", `Ожившая фотография: ${nameOf(take)}`);
  byId("shared").textContent = "";
  byId("link").hidden = true;
  byId("sure").hidden = true;
  hideRendition();
  look = "";
  lookLink(take.id).then((link) => { look = link; }, () => {});
  byId("share").textContent = takesFiles() ? "Поделиться" : "Скопировать ссылку";
  clip = takesFiles() ? fileFrom(mp4.url).catch(() => null) : null;
  video.play().catch(() => {}); // where it may not begin by itself there are controls
}

function offer(take) {
  const files = links(take);
  for (const format of ["mp4", "gif"]) {
    byId(format).hidden = !files[format];
    if (files[format]) byId(format).href = files[format].download;
  }
}

async function share() {
  const file = await clip;
  if (file && (await shareFile(file))) return;
  const link = look || `${location.origin}/u/${ticket.token}`;
  const copied = await copy(link);
  byId("link").hidden = copied;
  byId("link").value = link;
  if (!copied) byId("link").select();
  const may = look ? "По ней можно только посмотреть видео" : "Кто её откроет, сможет и посмотреть видео, и удалить";
  byId("shared").textContent = bind(`${copied ? "Ссылка скопирована" : "Вот ссылка"}. ${may}.`);
}

/** What goes is said before it does. */
function confirm() {
  const all = takes.filter((take) => take.state === "done" || active(take)).length;
  const what = all > 1 ? `Удалим все видео этой страницы: их ${all}` : "Удалим видео";
  const now = takes.some(active) ? ", и то, что сейчас делается" : "";
  byId("sure-what").textContent = bind(`${what}${now}. Вернуть ${all > 1 || now ? "их" : "его"} будет нельзя.`);
  byId("sure").hidden = false;
  byId("sure-yes").focus();
  byId("sure").scrollIntoView({ block: "nearest" });
}

async function erase() {
  restart();
  try {
    await deleteTakes(ticket);
  } catch (error) {
    if (error.code !== "unknown_ticket") return trouble(error);
  }
  forget();
  show("gone");
}

function forget() {
  forgetPreviews();
  job = photo = null;
  takes = [];
  clear();
  hideRendition();
  for (const id of ["made-picture", "made-video", "made-save"]) for (const name of ["src", "href"]) byId(id).removeAttribute(name);
  const video = byId("video");
  video.removeAttribute("src");
  video.removeAttribute("poster");
  byId("first").removeAttribute("src");
  delete video.dataset.take;
  video.load();
}

async function cancel() {
  const id = job?.id;
  job = null;
  restart();
  if (id) await deleteJob(id).catch(() => {}); // it ends by itself
  show(photo ? "ready" : made().length ? "done" : "choose");
}

/** What time brings about: the ticket ends, a clip ends, the job is later than it was said. */
function tick() {
  const left = closes - Date.now(), at = step();
  if (at === "work") byId("wait").textContent = bind(waitWords());
  const hurry = left < 180000 ? `Ссылка ждёт фотографию ещё ${minutes(Math.max(1, Math.ceil(left / 60000)))}.` : "";
  for (const line of page.querySelectorAll("[data-hurry]")) {
    if (line.textContent !== hurry) line.textContent = hurry;
  }
  if (left <= 0 && (at === "choose" || at === "ready")) return show("late");
  if (at !== "done") return;
  takes = takes.filter((take) => !gone(take));
  const take = made().find((one) => one.id === shown);
  if (take) byId("kept").textContent = bind(keptWords(take));
  else if (made().length) done();
  else {
    forget();
    show("expired");
  }
}

/** Wishes that were made by voice appear here, and the links stay fresh. */
async function poll() {
  const at = step();
  if (document.hidden || !["done", "faces", "trouble"].includes(at) || !(takes.length || job)) return;
  const known = new Map(takes.map((take) => [take.id, take.state]));
  if (!(await refresh()) || step() !== at) return;
  const newest = takes.at(-1);
  if (at !== "done") {
    if (newest && newest.id !== job?.id && !known.has(newest.id) && active(newest)) {
      show("work");
      follow(newest, restart());
    }
    return;
  }
  const come = made().filter((take) => known.get(take.id) !== "done");
  if (come.length) {
    shown = come.at(-1).id;
    say("Готово ещё одно видео");
  }
  if (made().length) done();
  else tick();
}

const actions = {
  cancel, share, confirm, stop,
  another: () => { restart(); clear(); show("choose"); },
  next: nextPhoto,
  full: () => { const video = byId("video"); (video.requestFullscreen ?? video.webkitEnterFullscreen)?.call(video); },
  shareMade: shareRendition,
  back: () => show("ready"),
  who: () => show("faces"),
  delete: erase,
  keep: () => { byId("sure").hidden = true; },
  retry: () => start(fields),
  takes: done,
  everybody,
  people: () => {
    forgetPreviews("Это пример.");
    start({ ...fields, face: chosen().join(",") }, job.id);
  },
};

for (const id of ["gallery", "camera"]) {
  byId(id).addEventListener("change", ({ target }) => {
    choose([...target.files]);
    target.value = "";
  });
}
byId("preview").addEventListener("error", () => photo && showPhoto(false));
page.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { turn: quarter, promise, face, person, take, rendition } = button.dataset;
  if (button.dataset.do) actions[button.dataset.do]();
  if (quarter) {
    turnTo((turn + Number(quarter)) % 360);
    turnCurrent(turn);
    say("Фотография повёрнута");
  }
  if (promise) {
    promised = { ...promised, [promise]: true };
    start({ ...fields, ...promised }, job?.id);
  }
  if (face) start({ ...fields, face }, job.id);
  if (person && !button.hasAttribute("aria-disabled")) toggle(person);
  if (rendition) showRendition(shown, rendition);
  const shownItem = button.dataset.pick ? pick(Number(button.dataset.pick)) : button.dataset.remove ? remove(Number(button.dataset.remove)) : null;
  if (shownItem) usePhoto(shownItem.file, shownItem.turn);
  if (take) {
    shown = take;
    done();
  }
});
page.addEventListener("change", ({ target }) => {
  if (target.dataset.agree) agree(Number(target.dataset.agree), target.checked);
  if (target.dataset.agree || target.id === "agree") {
    byId("ready-trouble").textContent = "";
    preview();
  }
});
addEventListener("beforeunload", (event) => more() && step() !== "ready" && event.preventDefault()); // some are not sent yet
const dropped = (list) => [...(list ?? [])].filter((file) => file.type.startsWith("image/") || /\.(heic|heif|avif)$/i.test(file.name));
const takesPhotos = () => ["choose", "ready", "trouble", "done", "gone"].includes(step());
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault(); // else the browser leaves for the photo
    if (kind === "drop" && takesPhotos()) choose(dropped(event.dataTransfer.files));
  });
}
document.addEventListener("paste", (event) => takesPhotos() && choose(dropped(event.clipboardData?.files)));
const hold = (held) => byId("done-print").classList.toggle("before", held);
for (const kind of ["pointerdown", "keydown"])
  byId("before").addEventListener(kind, (event) => (kind === "pointerdown" || [" ", "Enter"].includes(event.key)) && hold(true));
for (const kind of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"]) byId("before").addEventListener(kind, () => hold(false));
byId("before").addEventListener("contextmenu", (event) => event.preventDefault()); // a long press is what is meant
for (const form of [byId("wish"), byId("again")]) // a tap on a movement is a wish for it
  form.addEventListener("submit", ({ submitter }) => submitter?.value && pickMovement(form, submitter.value), true);
byId("wish").noValidate = true;
byId("wish").addEventListener("submit", (event) => {
  event.preventDefault();
  const each = several();
  const fine = each ? agreed() : byId("agree").checked;
  const missing = each ? "Отметьте согласие у каждого фото или уберите его." : "Отметьте согласие — без него мы не начнём.";
  byId("ready-trouble").textContent = fine ? "" : bind(missing);
  if (!fine) return (each ? byId("batch-list").querySelector("input:not(:checked)") : byId("agree")).focus();
  if (each) {
    const first = begin();
    usePhoto(first.file, first.turn);
  }
  start(wishFields(event.target));
});
byId("again").addEventListener("submit", (event) => {
  event.preventDefault();
  const take = made().find((one) => one.id === shown);
  const ours = photo && job?.id === shown && Date.now() < closes; // the photo that is here is the one that is shown
  if (!ours) promised = {}; // the service knows what was said of its photo
  const wish = { ...wishFields(event.target), seed: takes.length };
  start({ ...wish, ...(ours && take?.face ? { face: take.face } : {}) }, ours ? "" : shown);
});
if (matchMedia("(hover: hover) and (pointer: fine)").matches) { // a computer keeps files, a phone gives them on
  byId("mp4").classList.remove("quiet");
  byId("share").classList.add("quiet");
  byId("keeping").prepend(byId("files"));
}
setInterval(tick, 1000);
setInterval(poll, 5000);
document.addEventListener("visibilitychange", () => { tick(); poll(); });
addEventListener("pageshow", (event) => event.persisted && poll());

/** The page was loaded again: what was made, or is being made, is the service's to tell. */
async function resume() {
  reveal("work");
  progress("Смотрю, что готово", 0);
  await refresh();
  const newest = takes.at(-1);
  if (newest && active(newest)) return follow(newest, restart());
  job = newest ?? null;
  if (newest) fields = wishOf(newest);
  if (newest?.state === "refused") return end(newest);
  if (!made().length) return show(newest ? "choose" : "gone");
  shown = made().at(-1).id;
  done();
}
history.replaceState({ step: step() }, "");
if (page.dataset.job) resume();
else tick();
