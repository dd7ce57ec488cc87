// Russian words about times, and no-break spaces.
import { byId } from "./dom.js";

const SHORT = /(^|[\s(«])((?:[вкосуяи]|во|до|за|из|ко|на|не|ни|но|об|он|от|по|со|то|а|же|ли|бы|мы)\s)/giu;

const join = (_, before, word) => `${before}${word.slice(0, -1)}\u00a0`;

/** Short words and numbers stay with the next word, a dash with the word before it. */
export const bind = (text) => text
  .replace(SHORT, join)
  .replace(SHORT, join) // two in a row
  .replace(/(\d) (?=[а-яё])/giu, "$1\u00a0")
  .replace(/ —/g, "\u00a0—");

/** Put words into an element. */
export const put = (id, words) => { byId(id).textContent = bind(words); };

const day = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();

/** "до 21:30", "до завтра, 21:30", "до 29 ноября, 21:30": by this phone's own clock and place. */
export function until(seconds) {
  const moment = new Date(seconds * 1000);
  const clock = moment.toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit" });
  const days = Math.round((day(moment) - day(new Date())) / 86400000);
  if (days < 1) return `до\u00a0${clock}`;
  const date = days === 1 ? "завтра" : moment.toLocaleDateString("ru", { day: "numeric", month: "long" });
  return bind(`до ${date}, ${clock}`);
}

function plural(number, one, few, many) {
  const tens = number % 100, last = number % 10;
  if (tens > 10 && tens < 20) return many;
  return last === 1 ? one : last > 1 && last < 5 ? few : many;
}

/** "около 20 секунд", "около минуты", "около 3 минут", "около 21 минуты". */
export function about(seconds) {
  if (seconds < 50) return `около\u00a0${Math.max(5, 5 * Math.round(seconds / 5))}\u00a0секунд`;
  if (seconds < 100) return "около\u00a0минуты";
  const whole = Math.round(seconds / 60);
  return `около\u00a0${whole}\u00a0${plural(whole, "минуты", "минут", "минут")}`;
}

export const minutes = (number) => `${number}\u00a0${plural(number, "минуту", "минуты", "минут")}`;
