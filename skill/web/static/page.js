// The page behind a ticket's link: choose → wish → send → watch → keep, again or delete.
import { Trouble, again, clock, deleteJob, deleteTakes, facesOf, findFaces, listTakes, send, watch } from "./api.js";
import { agree, agreed, begin, clear, fill, more, next, pick, remove, settle, several, turnCurrent } from "./batch.js";
import { forgetClip, offer, play, playing, share } from "./clip.js";
import { byId, findAll } from "./dom.js";
import { drawGood, drawRefusal } from "./drawings.js";
import { listen, takeWaiting } from "./intake.js";
import { SAMPLE, endPreviews, forgetPreviews, isWhole, pickMovement, pickedMovement, showPreviews, stop } from "./movements.js";
import { chosen, everybody, hidePeople, placeOf, placeOn, portraitOf, showPeople, toggle } from "./people.js";
import { turnPicture } from "./picture.js";
import { hidePrivacy } from "./privacy.js";
import { forgetRendition, shareRendition, showRendition } from "./renditions.js";
import { fileFrom } from "./share.js";
import { active, drawStrip, gone, kept, keptWords, links, movementOf } from "./takes.js";
import { beginWaiting, hearOf, showProgress, waitWords } from "./waiting.js";
import { minutes, put } from "./words.js";

const page = byId("page");
const ticket = { token: page.dataset.token, header: page.dataset.header };
const sections = [...page.querySelectorAll(":scope > section")];
const photos = [byId("preview"), ...page.querySelectorAll("[data-photo]")];

const previewed = new Set(); // ids of the takes whose person the strip of movements shows
let photo = null, // the file; it stays here until the page is closed, for retries and other wishes
  shownPhoto = "",
  turn = 0, // degrees clockwise
  job = null, // the one that is waited for, or that asks
  takes = [],
  shown = "", // id of the take that is shown large
  before = "", // id of the take whose photo the job is of; empty where the photo was sent
  fields = {},
  blamed, // the photo that the step of trouble is about
  meant = "", // who was chosen on the photo before it was sent
  early = false, // whether that is being asked
  tapped, // where on the photo, before the person agreed
  unseen = false, // whether a video was done while another step was looked at
  crowd = 0, // people on the photo, once it is known
  promised = {}, // what the person said of this photo: that it shows an adult, that the family consents
  count = 0,
  doing = new AbortController(),
  closes = Date.now() + 1000 * Number(page.dataset.left); // until when the ticket takes a photo

const say = (words) => put("live", words);
const made = () => takes.filter((take) => take.state === "done");
const current = () => made().find((take) => take.id === shown);
const consented = () => (several() ? agreed() : byId("agree").checked);
const step = () => sections.find((section) => !section.hidden)?.id;

function reveal(name) {
  for (const section of sections) section.hidden = section.id !== name;
  const title = byId(`${name}-title`);
  scrollTo(0, 0);
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
  say(title.textContent);
  for (const link of findAll("[data-do=takes]")) link.hidden = !takes.some((take) => take.state === "done");
  for (const button of findAll("[data-next]")) button.hidden = !more();
  tick();
}

// what begins something gets an entry of its own in the history; what comes of it takes its place
const BEGINS = ["ready", "work", "choose"];

function show(name) {
  const before = step();
  const begins = BEGINS.includes(name) ? before !== "work" : name === "faces" && early;
  if (name !== before) history[begins ? "pushState" : "replaceState"]({ step: name, kept }, "");
  reveal(name);
}

addEventListener("popstate", (event) => {
  const wanted = event.state?.step ?? "choose";
  if (hidePrivacy() || wanted === step()) return;
  if (wanted === "ready" && photo) {
    reveal("ready");
    return (previewed.size || !isWhole()) && preview(); // they showed somebody's take, or were cut off
  }
  if (wanted === "choose" || wanted === "ready") return reveal("choose");
  if (wanted === "done" && made().length) return reveal("done");
  if (job && active(job)) return reveal("work");
  if (wanted === "faces" && (early ? photo : job?.reason === "several_faces")) return reveal("faces");
  if (made().length) return reveal("done");
  reveal(["gone", "late", "expired"].includes(wanted) || (wanted === "trouble" && blamed === photo) ? wanted : "choose");
});

const CANCELLED = "cancelled"; // what was asked for just before is deleted once the service answers

function restart(reason) {
  doing.abort(reason);
  doing = new AbortController();
  return doing.signal;
}

function choose(files) {
  if (!files.length) return;
  const fit = files.filter((file) => file.size <= Number(page.dataset.max));
  const tooLarge = fit.length < files.length ? "Фотография слишком большая. Подойдёт снимок до 40 мегабайт." : "";
  put("choose-trouble", tooLarge);
  if (!fit.length) return show("choose");
  const beyond = fill(fit);
  put("ready-trouble", beyond ? "За один раз — до десяти фотографий: взяли первые." : tooLarge);
  for (const box of findAll(".consent input")) box.checked = false; // a consent is for one photo
  pickMovement(byId("wish"), byId("wish").querySelector(".move").value); // so is a movement
  for (const part of findAll("details")) part.open = false;
  usePhoto(fit[0], 0);
  show("ready");
}

/** This photo is meant from now on. */
function usePhoto(file, degrees) {
  photo = file;
  tapped = null;
  count = 0;
  promised = {};
  byId("mend").hidden = true;
  forgetPreviews();
  previewed.clear();
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
  meant = "";
  early = false;
  hidePeople();
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
  previewed.clear();
  offerPeople(0);
  if (!photo || !consented()) return forgetPreviews();
  if (meant) offerPeople(2);
  const known = meant && findAll("#portraits .person").length;
  showPreviews(photo, turn, { ...promised, face: meant }, ticket, false, offerPeople, known, known && portraitOf(meant));
}

/** A way to choose among them, before the photo is sent. */
function offerPeople(number) {
  crowd = number;
  byId("early").hidden = number < 2 || several();
  put("early", meant ? "Выбрать других" : "Выбрать, кого оживить");
}

/** Everybody on a photo that is not sent yet; `at`: where it was tapped on. */
async function askEarly(at) {
  if (!photo || several() || crowd === 1) return;
  if (!consented()) {
    tapped = at;
    put("ready-trouble", "Отметьте согласие — и сможете выбрать, кого оживить.");
    return byId("agree").focus();
  }
  early = true;
  if (meant > 0 || step() === "done") everybody(true); // somebody else instead of the one
  if (job?.state !== "done") job = null; // the photo of a take that is done is still the one that is here
  endPreviews();
  put("people-count", "");
  const file = photo;
  show("faces");
  if (byId("portraits").querySelector(".person")) return;
  const found = showPeople(findFaces(photo, turn, ticket), () => early && file === photo, at, true);
  const failed = await found.then(() => false, () => true);
  if (!early || (!failed && findAll("#portraits .person").length > 1)) return;
  chooseEarly("");
  if (failed) put("ready-trouble", "Людей на\u00a0снимке сейчас не\u00a0показать. Спросим потом.");
}

/** They are meant; their movements are shown. */
function chooseEarly(people) {
  meant = people;
  show("ready");
  preview();
}

/** The movements on the person of the take that is shown, as its poster has it, once they come into sight. */
function previewTake() {
  const take = current(), poster = take && links(take).jpg;
  if (step() !== "done" || !againSeen || !poster || previewed.has(shown)) return;
  previewed.clear();
  previewed.add(shown);
  showPreviews(fileFrom(poster.url), 0, { adult: take.adult || "", archive: take.archive || "", face: take.face }, ticket, true);
}

function showPhoto(can) {
  for (const image of photos) image.hidden = !can;
  byId("unseen-photo").hidden = can;
  if (!can) drawGood(byId("unseen-photo").firstElementChild);
  byId("turns").hidden = !can;
  for (const blank of findAll("[data-blank]")) blank.hidden = can;
}

function wishFields(form) {
  const [kind, value] = pickedMovement(form).split(":");
  return { ...promised, ...(value ? { [kind]: value } : wishOf(current())), seed: count++ };
}

/** Ask for a video: with the photo, or for another wish on the photo of a take that the service has. */
async function start(wish, source = "") {
  fields = wish;
  before = source;
  const place = placeOf(wish.face) || kept.places[source];
  const poster = source && links(takes.find((take) => take.id === source) ?? { results: [] }).jpg?.url;
  byId("doing").src = poster || shownPhoto || byId("who").src;
  byId("doing").hidden = !poster && byId("preview").hidden;
  const signal = restart();
  endPreviews();
  job = null;
  show("work");
  progress("Отправляю", 0);
  try {
    const sent = source ? await again(source, wish, ticket) : await persist(signal);
    if (place) kept.places[sent.id] = place;
    history.replaceState({ ...history.state, kept }, "");
    if (!signal.aborted) follow(sent, signal);
    else if (signal.reason === CANCELLED) await deleteJob(sent.id);
  } catch (error) {
    if (signal.aborted) return;
    if (source && photo && error.code === "not_found") return start(wish); // it has waited for too long
    trouble(error);
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
  beginWaiting();
  watch(begun.id, (now) => {
    job = now;
    hearOf(now);
    if (now.state === "waiting") progress(now.says, 0.15, now.wait);
    else if (now.state === "running") progress(now.says, 0.15 + 0.85 * now.progress);
    else end(now);
  }, signal);
}

function progress(says, share, wait = 0) {
  showProgress(says, share, wait);
  tick();
}

const wishOf = (take) => (take.gesture?.length ? { gesture: take.gesture.join(",") } : { motion: take.motion });

async function end(now) {
  const looking = step() === "work"; // else the person went back meanwhile
  if (now.state === "deleted" && !made().length) return looking && show("gone");
  if (now.state === "done" || now.state === "deleted") {
    await refresh();
    settle("done");
    shown = now.id;
    if (isWhole() && (before ? previewed.has(before) : (fields.face ?? "") === meant)) previewed.add(shown);
    if (looking) return more() ? nextPhoto() : done();
    unseen = true;
    return tick();
  }
  if (!looking) return;
  if (now.reason === "several_faces") return askWho();
  trouble(new Trouble(now.state === "failed" ? "failed" : now.reason, now.sentence, now.advice), now.cause);
}

/** Everybody's portrait to choose by; without them there are still the words. */
function askWho() {
  early = false;
  put("people-count", job.cause ? job.sentence : "На фотографии несколько человек."); // somebody was named who is not there
  show("faces");
  const id = job.id;
  showPeople(photo ? findFaces(photo, turn, ticket) : facesOf(id, ticket), () => job?.id === id);
}

const AGAIN = /^(network|unexpected|failed|unavailable|queue_full|http|too_many_(photo|upload)s)$/;

function trouble(error, cause = "") {
  const known = error instanceof Trouble ? error : new Trouble("unexpected", "Что-то пошло не так.", "Попробуйте ещё раз.");
  if (known.code === "unknown_ticket") return show("late");
  settle("failed");
  blamed = photo;
  const retry = AGAIN.test(known.code);
  const held = Boolean(photo) || job?.state === "refused"; // the photo is here, or the service has it while it asks
  let title = known.sentence;
  put("trouble-advice", known.advice);
  byId("retry").hidden = !retry || !photo;
  let answer = false; // the person may answer this refusal, while the photo is here
  for (const promise of findAll("[data-cause]")) {
    promise.hidden = promise.dataset.cause !== cause || !held;
    if (promise.hidden) continue;
    answer = true;
    put("trouble-advice", promise.dataset.advice);
    [title] = title.split(". ");
  }
  put("trouble-title", title.replace(/\.$/, ""));
  const others = byId("who-else");
  others.hidden = !photo || !byId("portraits").children.length; // somebody of several was meant
  others.classList.toggle("quiet", answer);
  byId("other").classList.toggle("quiet", !others.hidden || answer || more() || (retry && Boolean(photo)));
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
  const take = current() ?? made().at(-1);
  unseen = false;
  if (!take) return show("gone");
  if (playing() !== take.id) enlarge(take);
  offer(take);
  put("remark", take.sentence);
  byId("remark").hidden = !take.sentence;
  drawStrip(takes, take.id);
  const one = take.face && !/all|,/.test(take.face); // of several
  byId("alone").hidden = !one;
  byId("someone").hidden = !one || !photo || job?.id !== take.id;
  if (step() !== "done") show("done");
  previewTake();
}

function enlarge(take) {
  if (!links(take).mp4) return;
  shown = take.id;
  play(take);
  byId("sure").hidden = true;
  showRendition(take.id);
  pickMovement(byId("again"), movementOf(take));
  if (!previewed.has(take.id)) forgetPreviews(SAMPLE);
}

/** What goes is said before it does. */
function confirm() {
  const all = takes.filter((take) => take.state === "done" || active(take)).length;
  const what = all > 1 ? `Удалим все видео (${all})` : "Удалим видео";
  const now = takes.some(active) ? ", и то, что сейчас делается" : "";
  put("sure-what", `${what}${now}. Ссылки перестанут открываться, а отправленные видео останутся у тех, кто их получил. Вернуть будет нельзя.`);
  byId("sure").hidden = false;
  byId("sure-yes").focus();
  byId("sure").scrollIntoView({ block: "nearest" });
}

async function erase() {
  const signal = restart();
  try {
    await deleteTakes(ticket);
  } catch (error) {
    if (error.code !== "unknown_ticket") return keepAll(error, signal);
  }
  forget();
  show("gone");
}

/** Nothing was deleted: it is said beside the button, and what is being made goes on. */
function keepAll(error, signal) {
  if (job && active(job)) follow(job, signal);
  const cut = "Связь прервалась, ничего не удалено. Проверьте интернет и нажмите «Удалить» ещё раз.";
  put("sure-what", error.code === "network" || !error.sentence ? cut : `${error.sentence} ${error.advice}`);
}

function forget() {
  forgetPreviews();
  previewed.clear();
  job = photo = null;
  blamed = undefined;
  promised = {};
  takes = [];
  kept.places = {};
  kept.made = {};
  clear();
  hidePeople();
  URL.revokeObjectURL(shownPhoto);
  for (const image of photos) image.removeAttribute("src");
  forgetRendition();
  forgetClip();
}

async function cancel() {
  const id = job?.id;
  job = null;
  restart(CANCELLED);
  if (id) await deleteJob(id).catch(() => {}); // it ends by itself
  show(photo ? "ready" : made().length ? "done" : "choose");
}

/** What time brings about: the ticket ends, a clip ends, the job is later than it was said. */
function tick() {
  const left = closes - Date.now(), at = step();
  if (at === "work") put("wait", waitWords(job, Boolean(before && fields.face)));
  const busy = job && active(job);
  byId("making").hidden = at === "work" || !(busy || (unseen && at !== "done"));
  put("making", busy ? "Видео ещё делается: вернуться" : "Видео готово: посмотреть");
  const hurry = left < 180000 ? `Ссылка ждёт фотографию ещё ${minutes(Math.max(1, Math.ceil(left / 60000)))}.` : "";
  for (const line of findAll("[data-hurry]")) if (line.textContent !== hurry) line.textContent = hurry;
  if (left <= 0 && (at === "choose" || at === "ready")) return show("late");
  if (at !== "done") return;
  takes = takes.filter((take) => !gone(take));
  const take = current();
  if (take) put("kept", keptWords(take));
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
  full: () => byId("done-print").requestFullscreen?.() ?? byId("video").webkitEnterFullscreen?.(), // which has a way out of its own
  small: () => document.exitFullscreen(),
  shareMade: shareRendition,
  back: () => {
    show("ready");
    if (!isWhole()) preview();
  },
  who: () => {
    everybody(true);
    show("faces");
  },
  early: () => askEarly(),
  someone: () => askEarly(),
  work: () => (unseen ? done() : show("work")),
  delete: erase,
  keep: () => { byId("sure").hidden = true; },
  retry: () => start(fields),
  takes: done,
  everybody,
  people: () => {
    if (early) return chooseEarly(chosen().join(","));
    forgetPreviews(SAMPLE);
    start({ ...fields, face: chosen().join(",") }, job.id);
  },
};

byId("preview").onerror = () => photo && showPhoto(false);
byId("preview").onclick = (event) => askEarly(placeOn(event.target, event));
page.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { turn: quarter, promise, face, person, take, rendition } = button.dataset;
  if (button.dataset.do) actions[button.dataset.do]();
  if (button.matches(".move")) pickMovement(button.form, button.value);
  if (quarter) {
    turnTo((turn + Number(quarter)) % 360);
    turnCurrent(turn);
    say("Фотография повёрнута");
  }
  if (promise) {
    promised = { ...promised, [promise]: true };
    if (step() === "ready") preview();
    else start({ ...fields, ...promised }, job?.id);
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
page.addEventListener("click", ({ target }) => {
  const link = target.closest("a[download]");
  if (link) put(link.id === "made-save" ? "made-says" : "shared", "Сохраняется. Ищите в «Загрузках».");
});
page.addEventListener("change", ({ target }) => {
  if (target.dataset.agree) agree(Number(target.dataset.agree), target.checked);
  if (target.dataset.agree || target.id === "agree") {
    put("ready-trouble", "");
    preview();
    if (tapped && consented()) askEarly(tapped);
  }
});
addEventListener("beforeunload", (event) => more() && step() !== "ready" && event.preventDefault()); // some are not sent yet
listen(choose, () => ["choose", "ready", "trouble", "done", "gone"].includes(step()));
let againSeen = false;
new IntersectionObserver(([{ isIntersecting }]) => {
  againSeen = isIntersecting;
  previewTake();
}).observe(byId("again"));
byId("wish").noValidate = true;
byId("wish").addEventListener("submit", (event) => {
  event.preventDefault();
  const each = several(), fine = consented();
  const missing = each ? "Отметьте согласие у каждого фото или уберите его." : "Отметьте согласие — без него мы не начнём.";
  put("ready-trouble", fine ? "" : missing);
  if (!fine) {
    const tick = each ? byId("batch-list").querySelector("input:not(:checked)") : byId("agree");
    tick.focus();
    return tick.scrollIntoView({ block: "center" }); // from behind the button that stays
  }
  if (each) {
    const first = begin();
    usePhoto(first.file, first.turn);
  }
  start({ ...wishFields(event.target), ...(meant && { face: meant }), restore: new FormData(event.target).getAll("restore") + "" || "off" });
});
byId("again").onsubmit = (event) => {
  event.preventDefault();
  const take = current();
  const ours = photo && job?.id === shown && Date.now() < closes; // the photo that is here is the one that is shown
  if (!ours) promised = {}; // the service knows what was said of its photo
  const wish = { ...wishFields(event.target), seed: takes.length };
  start({ ...wish, ...(ours && take?.face ? { face: take.face } : {}) }, ours ? "" : shown);
};
setInterval(tick, 1000);
setInterval(poll, 5000);
document.onvisibilitychange = () => { tick(); poll(); };
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
history.scrollRestoration = "manual"; // each step is seen from its top
const deleted = history.state?.step === "gone";
history.replaceState({ step: step(), kept }, "");
if (page.dataset.job) resume();
else if (deleted) show("gone");
else {
  tick();
  takeWaiting(choose);
}
