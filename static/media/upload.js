/* Large files in the forms of the admin: a bar a file, pause, and going on after a reload.
   Without this script the forms send their files as they always did. */
(() => {
  const settings = JSON.parse(document.getElementById("upload-settings").textContent);
  const say = settings.texts;
  const FIELDS = "input[type=file][data-upload]";

  const language = document.documentElement.lang || "en";
  const number = (value, digits = 0) =>
    value.toLocaleString(language, { maximumFractionDigits: digits });
  const megabytes = (bytes) => `${number(bytes / 1e6, bytes < 1e7 ? 1 : 0)} ${say.megabytes}`;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const time = (seconds) => (seconds > 90 ? `${number(seconds / 60)} min` : `${number(seconds)} s`);

  function make(tag, name, more = {}) {
    return Object.assign(document.createElement(tag), { className: name, ...more });
  }

  function button(name, text = "") {
    const classes = `button button-small button-secondary ${name}`;
    return make("button", classes, { type: "button", textContent: text });
  }

  /* What an editor sees of an upload: a bar, figures, two buttons, and words that are read out. */
  class Line {
    constructor(name, where) {
      this.box = make("div", "upload");
      this.bar = make("progress", "upload__bar", { max: 100, value: 0 });
      this.bar.setAttribute("aria-label", name);
      this.figures = make("span", "upload__figures");
      this.status = make("p", "upload__status");
      this.status.setAttribute("role", "status");
      this.toggle = button("upload__toggle");
      this.cancel = button("upload__cancel", say.cancel);
      const title = make("span", "upload__name", { textContent: name });
      this.box.append(title, this.bar, this.toggle, this.cancel, this.figures, this.status);
      where.append(this.box);
    }

    drive(upload, cancelled) {
      this.toggle.onclick = () =>
        ["paused", "failed"].includes(upload.state) ? upload.resume() : upload.pause();
      this.cancel.onclick = () => {
        upload.cancel();
        cancelled?.();
      };
    }

    show({ file, offset, state, note, speed }) {
      const part = Math.floor((offset / file.size) * 100);
      this.bar.value = part;
      this.box.dataset.state = state;
      const figures = { part, done: megabytes(offset), all: megabytes(file.size) };
      this.figures.textContent = fill(say.figures, figures);
      if (state === "running" && speed) {
        const left = fill(say.left, { time: time((file.size - offset) / speed) });
        this.figures.textContent += ` · ${megabytes(speed)}/s · ${left}`;
      }
      this.toggle.textContent = ["paused", "failed"].includes(state) ? say.resume : say.pause;
      this.toggle.hidden = ["done", "refused", "cancelled"].includes(state);
      // Every tenth is said: a screen reader would else say nothing else.
      const said = fill(say[state], { part: part - (part % 10) });
      this.tell([said, note || (state === "failed" ? say.signed_out : "")].join(" ").trim());
    }

    tell(words) {
      if (this.status.textContent !== words) this.status.textContent = words;
    }
  }

  /* A file field of a form. While an upload stands for its file, it sends none itself. */
  class Field {
    constructor(input) {
      Object.assign(this, { input, name: input.name, required: input.required });
      this.memory = ["upload", location.pathname, this.name].join(":");
    }

    clear() {
      this.line?.box.remove();
      this.hidden?.remove();
      Object.assign(this, { upload: null, line: null, hidden: null, early: null });
      this.input.name = this.name;
      this.input.required = this.required;
      sessionStorage.removeItem(this.memory);
    }

    /* Another file was chosen. */
    take() {
      if (this.isOnItsWay) this.upload.pause();
      this.clear();
      const file = this.input.files[0];
      if (!file || file.size < settings.from) return;
      this.stand();
      const line = new Line(file.name, this.input.parentElement);
      const upload = new Tus.Upload(file, this.input.dataset.upload, {
        url: settings.url,
        changed: (one) => line.show(one),
      });
      Object.assign(this, { line, upload });
      line.drive(upload, () => this.dismiss());
      upload.run().then(
        () => this.arrived(upload.url, file.name, upload.id),
        () => {
          this.early = null;
        },
      );
      this.remember(upload, file);
    }

    remember(upload, file) {
      const keep = () =>
        upload.url && this.upload === upload
          ? sessionStorage.setItem(
              this.memory,
              JSON.stringify({ url: upload.url, name: file.name, id: upload.id }),
            )
          : null;
      const shown = upload.changed;
      upload.changed = (one) => {
        shown(one);
        keep();
      };
    }

    stand() {
      this.input.removeAttribute("name");
      this.input.required = false;
    }

    arrived(url, name, id) {
      this.stand();
      this.hidden = make("input", "", { type: "hidden", name: `${this.name}__upload`, value: id });
      this.input.after(this.hidden);
      sessionStorage.setItem(this.memory, JSON.stringify({ url, name, id }));
      if (this.early) this.input.form.requestSubmit(this.early.submitter || undefined);
    }

    dismiss() {
      this.clear();
      this.input.value = "";
      this.input.focus();
    }

    /* After a reload, or when a form comes back with a mistake in it. */
    async recall() {
      const kept = JSON.parse(sessionStorage.getItem(this.memory) || "null");
      const standing = kept && (await Tus.standing(kept.url));
      if (!standing || this.upload) {
        if (kept && !this.upload) sessionStorage.removeItem(this.memory);
        return;
      }
      this.line = new Line(kept.name, this.input.parentElement);
      this.line.toggle.hidden = true;
      this.line.cancel.onclick = () => {
        Tus.discard(kept.url);
        this.dismiss();
      };
      const { offset, size } = standing;
      const state = offset === size ? "done" : "interrupted";
      this.line.show({ file: { size }, offset, state, speed: 0 });
      this.line.toggle.hidden = true;
      if (state === "done") this.arrived(kept.url, kept.name, kept.id);
    }

    get isOnItsWay() {
      return this.upload && !["done", "refused", "cancelled"].includes(this.upload.state);
    }
  }

  const fields = new WeakMap();
  function fieldOf(input) {
    if (!fields.has(input)) fields.set(input, new Field(input));
    return fields.get(input);
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.(FIELDS)) fieldOf(event.target).take();
  });

  // A form that is sent too early is sent again, by itself, when its file is here.
  document.addEventListener(
    "submit",
    (event) => {
      const inputs = [...event.target.querySelectorAll(FIELDS)];
      const field = inputs.map(fieldOf).find((one) => one.isOnItsWay);
      if (!field) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      field.early = { submitter: event.submitter };
      field.line.tell(say.sent_when_there);
    },
    true,
  );

  document.addEventListener("DOMContentLoaded", () => {
    for (const input of document.querySelectorAll(FIELDS)) fieldOf(input).recall();
    // The pages that take many files at once bring jQuery, and send each file by its ajax().
    window.jQuery?.ajaxTransport("+*", (options, original) => {
      const file = original.files?.[0];
      const isLarge = options.data instanceof FormData && file && file.size >= settings.from;
      return isLarge ? oneOfMany(options, original, file) : undefined;
    });
  });

  /* Instead of jQuery's own way to send: the file by tus, then the form with its number. */
  function oneOfMany(options, original, file) {
    let upload;
    async function send(complete) {
      const item = original.context?.[0];
      const line = new Line(file.name, item?.querySelector(".right") || document.body);
      const bars = options.xhr().upload;
      upload = new Tus.Upload(file, options.url.includes("/images/") ? "picture" : "document", {
        url: settings.url,
        changed: (one) => {
          line.show(one);
          const moved = { lengthComputable: true, loaded: one.offset, total: file.size };
          bars.dispatchEvent(new ProgressEvent("progress", moved));
        },
      });
      line.drive(upload, () => item?.remove());
      const name = [].concat(original.paramName)[0];
      const id = await upload.run();
      options.data.delete(name);
      options.data.append(`${name}__upload`, id);
      const answer = await fetch(options.url, {
        method: "POST",
        body: options.data,
        headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      if (answer.ok) upload.forget();
      line.box.remove();
      complete(answer.status, answer.statusText, { text: await answer.text() });
    }
    return {
      send: (_headers, complete) =>
        send(complete).catch((error) => complete(error.status || 500, error.message, {})),
      abort: () => upload?.cancel(),
    };
  }
})();
