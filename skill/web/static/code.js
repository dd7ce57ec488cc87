// Six digits in their boxes: the code goes off by itself when the last one is there.
const field = document.getElementById("code");
let sent = field.value; // a wrong code stays to be looked at; it goes off again when it has changed
field.addEventListener("input", () => {
  const digits = field.value.replace(/\D/g, "").slice(0, 6);
  if (field.value !== digits) field.value = digits;
  if (digits.length === 6 && digits !== sent) field.form.requestSubmit();
});
field.form.addEventListener("submit", () => { sent = field.value; });
field.setSelectionRange(field.value.length, field.value.length);
