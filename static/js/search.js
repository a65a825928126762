// The page of results: last searches, kept in this browser alone, and which result was opened.
// Results as one types and filters at a click are htmx's; without any of it the page is whole.
(() => {
  const KEPT = "fil-rouge.searches";
  const SLASH = "fil-rouge.slash";
  const MOST = 8;
  const recent = document.getElementById("recent");
  const clicked = document.getElementById("clicked");
  const said = document.getElementById("said");

  function kept() {
    try {
      const found = JSON.parse(localStorage.getItem(KEPT));
      // What another person of this browser searched for is dropped, not shown.
      return found.who === recent.dataset.who ? found.queries : [];
    } catch {
      return [];
    }
  }

  function keep(queries) {
    localStorage.setItem(KEPT, JSON.stringify({ who: recent.dataset.who, queries }));
    show();
  }

  function note() {
    const answer = document.getElementById("answer");
    const query = answer?.dataset.query;
    if (!query || answer.dataset.found === "0") return;
    keep([query, ...kept().filter((one) => one !== query)].slice(0, MOST));
  }

  function show() {
    const queries = kept();
    recent.hidden = queries.length === 0;
    recent.querySelector("ul").replaceChildren(
      ...queries.map((query) => {
        const line = document.createElement("li");
        const link = document.createElement("a");
        link.href = `${location.pathname}?${new URLSearchParams({ q: query })}`;
        link.textContent = query;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "link";
        button.textContent = "×";
        button.setAttribute("aria-label", `${recent.dataset.forget}: ${query}`);
        button.addEventListener("click", () => keep(kept().filter((one) => one !== query)));
        line.append(link, button);
        return line;
      })
    );
  }

  function tell(event) {
    const link = event.target.closest?.("a[data-position]");
    if (!link || (event.type === "auxclick" && event.button !== 1)) return;
    note();
    const ask = link.closest("[data-ask]").dataset.ask;
    if (!ask) return;
    const data = new FormData(clicked);
    data.append("ask", ask);
    data.append("key", link.dataset.key);
    data.append("position", link.dataset.position);
    navigator.sendBeacon(clicked.action, data);
  }

  document.addEventListener("click", tell);
  document.addEventListener("auxclick", tell);
  document.getElementById("forget").addEventListener("click", () => keep([]));
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "results") return;
    const answer = document.getElementById("answer");
    if (!("typing" in answer.dataset)) {
      document.getElementById("q").value = answer.dataset.query;
      note();
    }
  });
  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(failure, () => {
      said.textContent = said.dataset.failed;
      said.classList.remove("sr");
    });
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) said.classList.add("sr");
  });

  const slash = document.getElementById("slash");
  const box = slash.querySelector("input");
  slash.hidden = false;
  box.checked = localStorage.getItem(SLASH) !== "off";
  box.addEventListener("change", () => localStorage.setItem(SLASH, box.checked ? "on" : "off"));

  if (!("typing" in document.getElementById("answer").dataset)) note();
  show();
})();
