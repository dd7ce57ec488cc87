// What the page's scripts do with elements.
export const byId = (id) => document.getElementById(id);
export const findAll = (selector) => document.querySelectorAll(selector);

/** An element with these properties and children. */
export function make(tag, values, ...children) {
  const element = Object.assign(document.createElement(tag), values);
  element.append(...children);
  return element;
}

export const press = (button, pressed) => button.setAttribute("aria-pressed", pressed);

/** An address of bytes in base64. */
export const addressOf = (base64, type) =>
  URL.createObjectURL(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type }));
