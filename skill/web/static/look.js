// The page that only shows a clip: how long it is there, by the clock and at the place of whoever looks.
import { byId } from "./dom.js";
import { put, until } from "./words.js";

put("kept", `Видео можно посмотреть по этой ссылке ${until(Number(byId("kept").dataset.until))}.`);
