// Photos on their way into the page: chosen, snapped, dropped or pasted.
import { byId } from "./dom.js";

const inputs = [byId("gallery"), byId("camera")];
const endings = inputs[0].accept.split(",").filter((one) => one.startsWith(".")); // of photos that a browser may not know
const isPhoto = ({ name, type }) => type.startsWith("image/") || endings.some((ending) => name.toLowerCase().endsWith(ending));
const photosOf = (transfer) => [...(transfer?.files ?? [])].filter(isPhoto);

/** Hand each lot of photos to `choose`; those that are dropped or pasted only while `mayCome`. */
export function listen(choose, mayCome) {
  for (const input of inputs) input.onchange = () => takeFrom(input, choose);
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault(); // else the browser leaves for the photo
      if (kind === "drop" && mayCome()) choose(photosOf(event.dataTransfer));
    });
  }
  document.addEventListener("paste", (event) => mayCome() && choose(photosOf(event.clipboardData)));
}

function takeFrom(input, choose) {
  choose([...input.files]);
  input.value = "";
}

/** Hand on what was chosen before the script had come. */
export function takeWaiting(choose) {
  for (const input of inputs) takeFrom(input, choose);
}
