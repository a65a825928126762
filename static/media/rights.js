/* What the file says, taken over into the field beside it at a click. */
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-take]");
  if (!button) return;
  const field = document.getElementById(button.dataset.take);
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
  button.closest(".file-proposal").remove();
});
