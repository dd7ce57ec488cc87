// What was wrong with a photo, drawn: of the cause where it has a drawing, else of the reason, beside a good photo.
const REASONS = {
  no_face: "Лица не видно", face_too_small: "Слишком далеко", not_an_image: "Это не снимок", broken_file: "Файл повреждён",
  too_large: "Слишком большой", nothing_moved: "Лицо не различить", low_quality: "Слишком размыто",
  hard_angle: "Лицо сбоку", face_covered: "Лицо закрыто", several_faces: "", child: "", public_figure: "", undetermined: "",
};
const CAUSES = {
  dark: "Слишком темно", burnt: "Засвечено", pale: "Выцвело", noise: "Слишком зернисто", mosaic: "Одни квадратики",
  bowed: "Голова опущена", tilt: "Голова набок", dark_glasses: "Тёмные очки", cut: "Лицо обрезано", mask: "Лицо под маской",
  hand: "Рука у лица", eyes: "Глаз не видно", mouth: "Рта не видно", drawing: "Это рисунок",
};

const use = (svg, name) => svg.firstElementChild.setAttribute("href", new URL(name, import.meta.url).href);

/** Draw a good photo, where the browser can't show the chosen one. */
export const drawGood = (svg) => use(svg, "examples.svg#good");

/** Fill `place`, which has two figures; false where this reason has no drawing. */
export function drawRefusal(place, reason, cause) {
  const words = CAUSES[cause] ?? REASONS[reason];
  place.hidden = words === undefined;
  if (place.hidden) return false;
  const [wrong, good] = place.children;
  use(wrong.firstElementChild, cause in CAUSES ? `causes.svg#${cause}` : `examples.svg#${reason}`);
  wrong.lastElementChild.textContent = words;
  good.hidden = !words;
  if (words) drawGood(good.firstElementChild);
  return true;
}
