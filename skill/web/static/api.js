// The service's HTTP API, as the page needs it.
const ROOT = "/api/v1/animations";

export class Trouble extends Error {
  /** `code`: for the page; `sentence`, `advice`: for people. */
  constructor(code, sentence, advice) {
    super(code);
    Object.assign(this, { code, sentence, advice });
  }
}

const offline = () => new Trouble("network", "Связь прервалась.", "Фотография на месте. Проверьте интернет и попробуйте ещё раз.");

function troubleOf(text, status) {
  try {
    const { code, sentence, advice } = JSON.parse(text).error;
    return new Trouble(code, sentence, advice);
  } catch {
    return status === 413
      ? new Trouble("too_large", "Фотография слишком большая.", "Подойдёт снимок до 40 мегабайт.")
      : new Trouble("unexpected", "Что-то сломалось у нас.", "Попробуйте ещё раз через минуту.");
  }
}

/** A form; the photo's own name stays on the phone. */
function formOf(photo, fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== "") form.append(name, value);
  form.append("photo", photo, "photo");
  return form;
}

/** The answer to a photo that is only looked at. */
async function lookAt(path, photo, fields, ticket, signal) {
  const headers = { [ticket.header]: ticket.token };
  const response = await fetch(`/api/v1/${path}`, { method: "POST", body: formOf(photo, fields), headers, signal });
  if (!response.ok) throw troubleOf(await response.text(), response.status);
  return response;
}

/** Send a photo as it is; `onShare` hears 0..1. Resolves to the job, rejects with a Trouble. */
export function send(photo, fields, ticket, onShare, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", ROOT);
    request.setRequestHeader(ticket.header, ticket.token);
    request.upload.onprogress = (event) => event.lengthComputable && onShare(event.loaded / event.total);
    request.onload = () =>
      request.status === 202 ? resolve(JSON.parse(request.responseText)) : reject(troubleOf(request.responseText, request.status));
    request.onerror = () => reject(offline());
    request.onabort = () => reject(new Trouble("cancelled", "", ""));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(formOf(photo, fields));
  });
}

/** Who is on the photo, turned as the person turned it: { faces, picture }. */
export const findFaces = async (photo, turn, ticket) => (await lookAt("faces", photo, { turn }, ticket)).json();

/** Previews of movements on a photo, as they are made: { still }, { movement, clip }, …; or one { reason, sentence }. */
export async function* previewMovements(photo, fields, ticket, signal) {
  const response = await lookAt("previews", photo, fields, ticket, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines.map((line) => JSON.parse(line));
  }
}

/** How far this phone's clock is from the service's, in milliseconds: times of the API are the service's. */
export const clock = { skew: 0, now: () => Date.now() + clock.skew };

async function ask(path, ticket, method = "GET", body) {
  let response;
  const headers = ticket ? { [ticket.header]: ticket.token } : {};
  try {
    response = await fetch(`${ROOT}${path}`, { method, body, headers, cache: "no-store" });
  } catch {
    throw offline();
  }
  const date = Date.parse(response.headers.get("Date"));
  if (date && Math.abs(date - Date.now()) > 5000) clock.skew = date - Date.now();
  return response;
}

async function read(response) {
  if (!response.ok) throw troubleOf(await response.text(), response.status);
  return response.status === 204 ? null : response.json();
}

export async function getJob(id) {
  const response = await ask(`/${id}`);
  return response.status === 404 ? { id, state: "deleted", results: [] } : read(response);
}

export async function deleteJob(id) {
  const response = await ask(`/${id}`, null, "DELETE");
  if (response.status !== 404) await read(response);
}

/** Every take of the ticket: { animations, until }. */
export const listTakes = async (ticket) => read(await ask("", ticket));

export const deleteTakes = async (ticket) => read(await ask("", ticket, "DELETE"));

/** Another wish on the photo of a take, without the photo. */
export const again = async (id, wish, ticket) => read(await ask(`/${id}/again`, ticket, "POST", JSON.stringify(wish)));

/** The address of a page that only shows the clip. */
export const lookLink = async (id, rendition) =>
  new URL((await read(await ask(`/${id}/look${rendition ? `?rendition=${rendition}` : ""}`))).page, location.origin).href;

/** A clip for a messenger, or as a wallpaper: { url, download }; made the first time, in some seconds. */
export const rendition = async (id, name) => read(await ask(`/${id}/renditions/${name}`, null, "POST"));

/** Who is on the photo of a take that asks; the photo is the service's. */
export const facesOf = async (id, ticket) => read(await ask(`/${id}/faces`, ticket));

const ended = (job) => !["waiting", "running"].includes(job.state);

/** Tell `onJob` each change until the job's end: events, and polling where they don't come through. */
export function watch(id, onJob, signal) {
  let source = null, timer = 0, over = false, heard = 0;
  const stop = () => {
    over = true;
    clearTimeout(timer);
    source?.close();
  };
  const report = (job) => {
    if (over) return;
    heard = Date.now();
    if (ended(job)) stop();
    onJob(job);
  };
  const poll = async () => {
    clearTimeout(timer);
    source?.close();
    source = null;
    try {
      report(await getJob(id));
    } catch { /* the next time */ }
    if (!over) timer = setTimeout(poll, 1500);
  };
  const doubt = () => { // a proxy may hold events back, from the start or later
    if (Date.now() - heard > 15000) poll();
    else timer = setTimeout(doubt, 4000);
  };
  const events = () => {
    let failures = 0;
    source = new EventSource(`${ROOT}/${id}/events`);
    source.onmessage = (event) => report(JSON.parse(event.data));
    source.onerror = () => (source.readyState === EventSource.CLOSED || ++failures > 2) && !over && poll();
    timer = setTimeout(doubt, 4000);
  };
  signal.addEventListener("abort", stop, { once: true });
  events();
}
