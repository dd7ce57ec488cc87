// The same page, opened by the assistant: when a photo has gone off, or later, back to where one came from.
import { byId } from "./dom.js";

const page = byId("page"), form = byId("going"), link = byId("going-link"), trouble = byId("going-trouble");
const shown = (id) => byId(id)?.hidden === false;

/** Once a job is at work there is a reason to go back; after it was deleted there is none again. */
function reword() {
  const sent = shown("work") || shown("done");
  link.textContent = sent ? link.dataset.sent : link.dataset.later;
  link.classList.toggle("quiet", !shown("work"));
}
new MutationObserver(reword).observe(page, { attributes: true, attributeFilter: ["hidden"], subtree: true });
reword();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  trouble.textContent = "";
  const fields = new URLSearchParams(new FormData(form));
  fields.set("do", event.submitter?.value ?? "link");
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    location.assign((await answer.json()).location);
  } catch (error) {
    trouble.textContent = error.message === "410"
      ? "Страница открыта слишком давно. Скажите помощнику «оживи фото» ещё раз."
      : "Не получилось вернуться. Проверьте интернет и нажмите ещё раз.";
  }
});
