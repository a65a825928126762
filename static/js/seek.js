// The field of search on every page: suggestions as one types, and the key that leads to it.
// The combobox pattern of the ARIA Authoring Practices: focus stays in the field.
(() => {
  const field = document.getElementById("q");
  const list = document.getElementById("suggest");
  const WIDE = matchMedia("(min-width: 70rem)");
  const SLASH = "fil-rouge.slash";
  let asking = null;
  let waiting = 0;
  let active = -1;

  function options() {
    return [...list.children];
  }

  function close() {
    clearTimeout(waiting);
    asking?.abort();
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function choose(place) {
    const all = options();
    active = (place + all.length) % all.length;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === active)));
    all[active].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", all[active].id);
  }

  function show(items) {
    list.replaceChildren(
      ...items.map((item, place) => {
        const one = document.createElement("li");
        one.id = `suggest-${place}`;
        one.setAttribute("role", "option");
        one.setAttribute("aria-selected", "false");
        one.className = item.kind;
        one.dataset.url = item.url;
        one.textContent = item.title;
        return one;
      })
    );
    active = -1;
    field.removeAttribute("aria-activedescendant");
    list.hidden = items.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
  }

  async function suggest() {
    const typed = field.value.trim();
    // On a narrow page of results the results themselves stand where suggestions would.
    if (typed.length < 2 || ("live" in field.dataset && !WIDE.matches)) return close();
    asking?.abort();
    asking = new AbortController();
    const query = new URLSearchParams({ q: typed, locale: field.dataset.locale });
    try {
      const answer = await fetch(`${field.dataset.suggest}?${query}`, { signal: asking.signal });
      if (!answer.ok || document.activeElement !== field) return close();
      show((await answer.json()).items.filter((item) => item.url));
    } catch {
      // Asked anew, or offline: the field works without suggestions.
    }
  }

  function isTyping(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  if (field) {
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(suggest, 150);
    });
    field.addEventListener("blur", close);
    field.form.addEventListener("submit", close);
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (list.hidden) suggest();
        else choose(active < 0 && step < 0 ? -1 : active + step);
        event.preventDefault();
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        location.href = options()[active].dataset.url;
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
    // The field keeps the focus while the pointer chooses.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const one = event.target.closest("[data-url]");
      if (one) location.href = one.dataset.url;
    });
    document.addEventListener("keydown", (event) => {
      const isAlone = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (event.key !== "/" || !isAlone || isTyping(event.target)) return;
      if (localStorage.getItem(SLASH) === "off") return;
      event.preventDefault();
      field.focus();
      field.select();
    });
  }
})();
