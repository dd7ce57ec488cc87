// Cards as the platform draws them. Its pictures live with the platform, so a frame with the picture's id stands for one.
const KINDS = { BigImage: big, ItemsList: list, ImageGallery: gallery };

export function card(given, visit) {
  const made = (KINDS[given.type] ?? unknown)(given, visit);
  made.classList.add("card");
  return made;
}

function big(given, visit) {
  return tile("article", "big", given, visit);
}

function gallery(given, visit) {
  const made = document.createElement("div");
  made.className = "gallery";
  made.append(...given.items.map((item) => tile("figure", "portrait", item, visit)));
  return made;
}

function list(given, visit) {
  const made = document.createElement("div");
  made.className = "list";
  if (given.header) made.append(words("p", "head", given.header.text));
  made.append(...given.items.map((item) => tile("article", "item", item, visit)));
  if (given.footer) made.append(link(words("p", "head", given.footer.text), given.footer.button, visit));
  return made;
}

function tile(tag, kind, item, visit) {
  const made = document.createElement(tag);
  made.className = kind;
  const picture = document.createElement("div");
  picture.className = "picture";
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", `Картинка ${item.image_id ?? ""}`);
  picture.append(words("small", "", item.image_id ?? "нет картинки"));
  made.append(picture);
  const text = document.createElement("div");
  if (item.title) text.append(words("p", "title", item.title));
  if (item.description) text.append(words("p", "about", item.description));
  if (text.childElementCount) made.append(text);
  return link(made, item.button, visit);
}

function link(made, button, visit) {
  if (!button?.url) return made;
  const outer = document.createElement("button");
  outer.type = "button";
  outer.className = "opens-card";
  outer.append(made);
  outer.addEventListener("click", () => visit(button.url, true));
  return outer;
}

function words(tag, kind, text) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}

function unknown(given) {
  return words("p", "about", `Неизвестная карточка ${given.type}`);
}
