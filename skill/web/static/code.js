// The code goes off by itself when the sixth digit is there.
const field = document.getElementById("code");
field.addEventListener("input", () => {
  if (field.value.replace(/\D/g, "").length === 6) field.form.requestSubmit();
});
