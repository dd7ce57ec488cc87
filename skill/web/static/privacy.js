// What happens to a photo, read over the page: in a tab of its own one would look for the way back.
import { byId } from "./dom.js";

const dialog = byId("privacy"), text = byId("privacy-text");

async function showPrivacy() {
  history.pushState({ ...history.state, privacy: true }, ""); // a phone's Back closes it
  dialog.showModal();
  if (text.children.length) return;
  try {
    const answer = await fetch("/privacy");
    if (!answer.ok) throw new Error(String(answer.status));
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    text.replaceChildren(...found.querySelector("main").children);
  } catch {
    text.textContent = "Не открылось. Проверьте интернет и попробуйте ещё раз.";
  }
}

/** Close it, where it is open; whether it was. */
export function hidePrivacy() {
  const open = dialog.open;
  dialog.close();
  return open;
}

dialog.addEventListener("close", () => history.state?.privacy && history.back());
document.addEventListener("click", (event) => {
  if (!event.target.closest('[href="/privacy"]')) return;
  event.preventDefault();
  showPrivacy();
});
