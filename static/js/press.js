// The press pages: copying credits and facts, the basket, and whether a copy is current.
// Everything else is HTML: the basket is a form, and sends without a script.

const LARGEST = 2 * 1024 ** 3; // what a browser reads into memory to compute a fingerprint

const units = new Intl.NumberFormat(document.documentElement.lang, {maximumFractionDigits: 1});
const names = document.documentElement.lang === "fr" ? ["octets", "ko", "Mo", "Go"] : ["bytes", "kB", "MB", "GB"];

function size(bytes) {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1000 && unit < names.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${units.format(amount < 10 ? amount : Math.round(amount))}\u00a0${names[unit]}`;
}

// A colon stands off in French, by a space that does not break.
const colon = document.documentElement.lang === "fr" ? "\u00a0: " : ": ";

// Copying

const told = document.querySelector("[data-copied]");

// A definition list as lines of «what: fact», anything else as the text people see.
function textOf(one) {
  if (one.tagName !== "DL") return one.innerText.trim();
  const rows = [...one.children].map((row) => [...row.children].map((cell) => cell.innerText.trim()).join(colon));
  return rows.join("\n");
}

async function copy(text) {
  let word = told?.dataset.word;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    word = told?.dataset.failed;
  }
  if (told) {
    told.textContent = "";
    told.textContent = word;
  }
  return word === told?.dataset.word;
}

for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const from = button.dataset.copyFrom;
    const done = await copy(from ? textOf(document.querySelector(from)) : button.dataset.copy);
    button.classList.toggle("done", done);
  });
}

// The basket: what is chosen stays chosen on this computer, signing in included.

const basket = document.querySelector("[data-basket]");

if (basket) {
  const key = `basket:${basket.dataset.basket}`;
  const boxes = [...document.querySelectorAll("input[name=items][form=basket]")];
  const count = basket.querySelector("[data-count]");
  const said = document.createElement("span");
  said.className = "sr";
  said.setAttribute("role", "status");
  basket.append(said);

  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? [];
    } catch {
      return [];
    }
  };
  const keep = (anchors) => {
    try {
      localStorage.setItem(key, JSON.stringify(anchors));
    } catch {
      // Private windows keep nothing: the choice lasts as long as the page.
    }
  };
  const chosen = () => boxes.filter((box) => box.checked);
  const sum = (name) => chosen().reduce((total, box) => total + Number(box.dataset[name] || 0), 0);

  function show() {
    const n = chosen().length;
    const {none, one, many} = count.dataset;
    count.textContent = n === 0 ? none : n === 1 ? one : many.replace("{}", n);
    for (const name of ["hd", "web"]) {
      const place = basket.querySelector(`[data-${name}-size]`);
      const bytes = sum(name);
      place.textContent = bytes ? place.dataset.word.replace("{}", size(bytes)) : "";
    }
    basket.classList.toggle("is-empty", n === 0);
    for (const button of basket.querySelectorAll("button")) button.disabled = n === 0;
    said.textContent = n ? count.textContent : "";
  }

  const before = new Set(kept());
  for (const box of boxes) box.checked ||= before.has(box.value);
  document.addEventListener("change", (event) => {
    if (!boxes.includes(event.target)) return;
    keep(chosen().map((box) => box.value));
    show();
  });
  // The API takes one list, so the boxes are sent as one field.
  basket.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = new URL(basket.action);
    address.searchParams.set("items", chosen().map((box) => box.value).join(","));
    if (event.submitter?.value === "web") address.searchParams.set("size", "web");
    location.assign(address);
  });
  const all = document.querySelector("[data-choose-all]");
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      const every = chosen().length === boxes.length;
      for (const box of boxes) box.checked = !every;
      keep(chosen().map((box) => box.value));
      show();
    });
  }
  show();
}

// Is my copy current? The file stays here: its SHA-256 is computed here and only that is asked.

const check = document.querySelector("[data-copies]");

if (check) {
  const drop = check.querySelector("[data-drop]");
  const input = check.querySelector("input[type=file]");
  const place = check.querySelector("[data-said]");
  const words = check.querySelector("[data-words]").dataset;
  input.disabled = false;

  const say = (...lines) => place.replaceChildren(...lines);
  const line = (text, tag = "p") => Object.assign(document.createElement(tag), {textContent: text});

  async function fingerprint(file) {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function verdict(found, file) {
    const state = found.known ? found.state : "unknown";
    const head = line("");
    head.append(line(file.name + colon, "b"), words[state] ?? words.unknown);
    const lines = [head];
    if (found.known && found.title) lines.push(line([found.title, found.version && `v${found.version}`].filter(Boolean).join(", ")));
    if (found.known && found.credit) lines.push(line(`${words.credit} ${found.credit}`));
    for (const [way, words_] of [[found.replaced_by, words.newer], [found.kit, words.kit]]) {
      if (!way?.url?.startsWith("/")) continue;
      const row = line("");
      row.append(Object.assign(line(words_, "a"), {href: way.url, className: "btn small"}));
      lines.push(row);
    }
    return lines;
  }

  async function look(file) {
    if (!crypto.subtle) return say(line(words.unsafe));
    if (file.size > LARGEST) return say(line(words.large));
    say(line(words.reading));
    drop.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(check.dataset.copies + (await fingerprint(file)), {headers: {Accept: "application/json"}});
      if (answer.status === 404) say(...verdict({known: false}, file));
      else if (answer.ok) say(...verdict(await answer.json(), file));
      else say(line(words.failed));
    } catch {
      say(line(words.failed));
    } finally {
      drop.removeAttribute("aria-busy");
      place.scrollIntoView({block: "center"}); // on a phone the basket stands over the end of the window
    }
  }

  input.addEventListener("change", () => {
    if (input.files.length) look(input.files[0]);
    input.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) look(event.dataTransfer.files[0]);
  });
}
