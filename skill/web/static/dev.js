// The assistant's side of /dev: sends messages as Alice would, draws what comes back as Alice would.
import { card } from "./dev-cards.js";

const $ = (id) => document.getElementById(id);
const { hook, skill } = document.body.dataset;
const hex = (bytes) => [...crypto.getRandomValues(new Uint8Array(bytes))].map((one) => one.toString(16).padStart(2, "0")).join("");
const person = () => ({ device: hex(16).toUpperCase(), user: hex(32).toUpperCase() });
let who = person();
let session = { id: hex(16), number: 0, state: {} };

function message(request) {
  const interfaces = {};
  if ($("screen").checked) interfaces.screen = {};
  if ($("linking").checked) interfaces.account_linking = {};
  const own = { message_id: session.number, session_id: session.id, skill_id: skill, user_id: who.device, application: { application_id: who.device }, new: session.number === 0 };
  if ($("signed").checked) own.user = { user_id: who.user };
  return {
    meta: { locale: "ru-RU", timezone: "Europe/Moscow", client_id: "ozhivi/dev", interfaces }, session: own, request,
    state: { session: session.state, user: {}, application: {} }, version: "1.0",
  };
}

function utterance(text) {
  const command = text.toLowerCase().replace(/[?!.,«»"]/g, " ").replace(/\s+/g, " ").trim();
  return {
    command, original_utterance: text, nlu: { tokens: command ? command.split(" ") : [], entities: [], intents: {} },
    markup: { dangerous_context: false }, type: "SimpleUtterance",
  };
}

const pressed = (button) => ({ payload: button.payload, nlu: { tokens: [], entities: [], intents: {} }, type: "ButtonPressed" });

async function send(request, shown) {
  const body = message(request);
  if (shown) line("mine", shown);
  $("hints").replaceChildren();
  const wait = line("theirs waits", "…");
  const began = performance.now();
  let answer, trouble = "";
  try {
    const got = await fetch(hook, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (got.ok) answer = await got.json();
    else trouble = `Ответ ${got.status}${got.status === 404 ? ": другой секрет или навык" : ""}`;
  } catch {
    trouble = "Служба не отвечает";
  }
  const spent = Math.round(performance.now() - began);
  wait.remove();
  if (trouble) {
    line("trouble", trouble);
    return;
  }
  session = { ...session, number: session.number + 1, state: answer.session_state ?? {} };
  draw(body, answer, spent);
}

function draw(body, answer, spent) {
  const said = answer.response ?? { text: "(только связать аккаунт)" };
  const item = line("theirs", said.text);
  if (said.card) item.append(card(said.card, visit));
  const shown = said.buttons ?? [];
  const inside = shown.filter((button) => !button.hide);
  if (inside.length) item.append(row("inside", inside));
  $("hints").replaceChildren(...shown.filter((button) => button.hide).map(pressable));
  const foot = document.createElement("p");
  foot.className = "foot";
  const time = document.createElement("span");
  time.className = spent > 1000 ? "slow" : "";
  time.textContent = `${spent} мс`;
  foot.append(time);
  if (said.tts) foot.append(mark("♪ ", said.tts, "tts"));
  if ("start_account_linking" in answer || said.directives) foot.append(mark("", "страница ушла на телефон", "event"));
  if (said.end_session) foot.append(mark("", "разговор окончен", "event"));
  item.append(foot, json(body, answer));
  const page = shown.find((button) => /\/u\/[\w-]{20,}/.test(button.url ?? ""));
  if (page) visit(page.url, false);
  if ($("aloud").checked) speak(said.tts || said.text);
  if (said.end_session) renew();
  $("log").scrollTo({ top: $("log").scrollHeight });
}

function line(kind, text) {
  const item = document.createElement("article");
  item.className = kind;
  const words = document.createElement("p");
  words.textContent = text;
  item.append(words);
  $("log").append(item);
  $("log").scrollTo({ top: $("log").scrollHeight });
  return item;
}

function mark(sign, text, kind) {
  const made = document.createElement("span");
  made.className = kind;
  made.textContent = sign + text;
  return made;
}

function row(kind, buttons) {
  const made = document.createElement("div");
  made.className = kind;
  made.append(...buttons.map(pressable));
  return made;
}

function pressable(button) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = button.title;
  if (button.url) made.classList.add("opens");
  made.addEventListener("click", () => {
    if (button.url) visit(button.url, true);
    else send(button.payload ? pressed(button) : utterance(button.title), button.title);
  });
  return made;
}

function json(body, answer) {
  const made = $("json").content.cloneNode(true);
  const [sent, got] = made.querySelectorAll("pre");
  sent.textContent = JSON.stringify(body, null, 2);
  got.textContent = JSON.stringify(answer, null, 2);
  const whole = made.querySelector("details");
  whole.addEventListener("toggle", () => whole.open && whole.scrollIntoView({ block: "nearest" }));
  return made;
}

// Our own pages open in the phone beside; whatever else in a new tab.
function visit(address, focus) {
  const url = new URL(address, location.href);
  if (!/^\/(u\/|$)/.test(url.pathname)) {
    window.open(url, "_blank", "noopener");
    return;
  }
  const frame = $("phone");
  if (frame.getAttribute("src") !== url.pathname) frame.src = url.pathname;
  $("where").textContent = url.pathname === "/" ? "Первая страница" : "Страница из ответа";
  if (focus) frame.focus();
}

function speak(tts) {
  const words = tts.replace(/sil\s*<\[\d+\]>/g, " … ").replace(/<[^>]*>/g, " ").replace(/\+/g, "");
  const said = new SpeechSynthesisUtterance(words);
  said.lang = "ru-RU";
  speechSynthesis.cancel();
  speechSynthesis.speak(said);
}

function renew() {
  session = { id: hex(16), number: 0, state: {} };
}

function begin(words) {
  renew();
  line("note", words);
  $("hints").replaceChildren();
  send(utterance(""), "");
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("said").value.trim();
  $("said").value = "";
  send(utterance(text), text || "(запуск навыка)");
});
$("again").addEventListener("click", () => begin("Новая сессия"));
$("other").addEventListener("click", () => {
  who = person();
  begin("Другой человек");
});
$("home").addEventListener("click", () => visit("/", true));
$("screen").addEventListener("change", () => document.body.classList.toggle("speaker", !$("screen").checked));
begin("Навык запущен");
