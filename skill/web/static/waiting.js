// What is said while a video is made: what is being done now, and how long it takes.
import { byId } from "./dom.js";
import { about, put } from "./words.js";

let ready = 0, // when the job is expected to be done
  since = 0, // when it was asked for
  began = 0, // when it was first seen at work
  expected = 0, // seconds that were left then
  late = false; // it takes much longer

/** A job has been asked for now. */
export function beginWaiting() {
  since = Date.now();
  ready = began = 0;
  late = false;
}

/** The job's own estimate is heard, and what its pace says. */
export function hearOf(job) {
  if (!job.left) return;
  const first = !began, end = Date.now() + 1000 * Math.max(job.left, paceLeft(job));
  late ||= !first && end > ready + 6000; // the number rises with these words alone
  ready = first || late ? end : Math.min(end, ready);
}

/** Seconds that are left at the pace that is seen: the service knows how long others took. */
function paceLeft(job) {
  if (job.state !== "running") return 0;
  if (!began) [began, expected] = [Date.now(), job.left];
  const spent = (Date.now() - began) / 1000;
  late ||= spent > 2 * expected + 8;
  return job.progress > 0.15 ? (spent * (1 - job.progress)) / job.progress : 0;
}

/** Show what is done now, and the share 0..1 of the whole; `wait`: seconds until it is the job's turn. */
export function showProgress(says, share, wait) {
  const line = byId("says");
  if (line.textContent !== says) {
    line.textContent = says;
    put("live", says);
  }
  byId("bar").value = share;
  byId("wait").dataset.wait = wait;
}

/** How long it takes; `asked`: whether the photo was asked about before, so that the work begins only now. */
export function waitWords(job, asked) {
  const wait = Number(byId("wait").dataset.wait), seconds = (ready - Date.now()) / 1000, left = about(Math.max(seconds, 5));
  if (job?.stalled || (job?.state === "waiting" && wait <= 20 && Date.now() - since > 60000 && seconds < 30))
    return "Очередь стоит дольше обычного. Страницу можно закрыть: видео появится здесь.";
  let words = "";
  if (wait > 20) words = `Перед вами есть другие, ждать ${about(wait)}. `;
  else if (ready && (late || seconds < -8)) words = `Идёт дольше обычного${seconds < -8 ? ", но идёт" : `: осталось ${left}`}. `;
  else if (ready) words = `${asked ? "Теперь делаем видео: осталось" : "Осталось"} ${left}. `;
  return `${words}Страницу можно свернуть: всё продолжится.`;
}
