// The try panel of a form: asks what would be found with what is on the form, and shows it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-try-url]");
  if (button) tryOut(button);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-try-query]")) return;
  event.preventDefault();
  tryOut(event.target.closest("[data-try]").querySelector("[data-try-url]"));
});

async function tryOut(button) {
  const panel = button.closest("[data-try]");
  const answer = panel.querySelector("[data-try-answer]");
  const data = new FormData(panel.closest("form"));
  data.delete("csrfmiddlewaretoken");
  data.set("try-query", panel.querySelector("[data-try-query]").value);
  data.set("try-pk", button.dataset.tryPk);
  button.disabled = true;
  answer.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(`${button.dataset.tryUrl}?${new URLSearchParams(data)}`);
    if (!response.ok) throw new Error(response.status);
    answer.innerHTML = await response.text();
  } catch {
    answer.textContent = button.dataset.tryFailed;
  } finally {
    button.disabled = false;
    answer.removeAttribute("aria-busy");
  }
}
