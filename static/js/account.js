// What account pages cannot do without a script: passkeys, and copying a secret at a click.
const hasPasskeys = Boolean(window.PublicKeyCredential);
for (const one of document.querySelectorAll("[data-passkey]")) one.hidden = !hasPasskeys;
for (const one of document.querySelectorAll("[data-no-passkey]")) one.hidden = hasPasskeys;
document.addEventListener("allauth.error", (event) => {
  const note = document.getElementById("passkey-failed");
  if (!note) return;
  event.preventDefault();
  note.hidden = false;
});
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.querySelector("span").textContent = button.dataset.copied;
  });
}
