// What the portal cannot do without a script: print at a click. Everything else is HTML.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
