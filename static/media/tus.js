/* A file on its way to the server, in pieces, by tus 1.0 (tus.io/protocols/resumable-upload).
   Where it goes is kept in this browser: the same file, chosen again, goes on where it stopped. */
window.Tus = (() => {
  const PIECE = 8 * 1024 * 1024;
  const SHORTEST_WAIT = 500;
  const LONGEST_WAIT = 20000;
  // The server may be away, or was quicker than its answer: it is asked where it stands.
  const AGAIN = new Set([0, 409, 423, 460, 500, 502, 503, 504]);
  // A person has to do something first; nothing that was sent is lost.
  const HELP = new Set([403, 507]);

  const csrf = () => JSON.parse(document.getElementById("wagtail-config").textContent).CSRF_TOKEN;
  const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
  const encoded = (text) => base64(new TextEncoder().encode(text));

  class Refused extends Error {
    constructor(status, message = "") {
      super(message);
      this.status = status;
    }
  }

  /* One request. It always ends with the request itself; status 0 is no answer at all. */
  function ask(method, url, { headers = {}, body = null, progress, started } = {}) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open(method, url);
      const all = {
        "Tus-Resumable": "1.0.0",
        "X-CSRFToken": csrf(),
        "X-Requested-With": "XMLHttpRequest",
        ...headers,
      };
      for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
      if (progress) request.upload.onprogress = (event) => progress(event.loaded);
      request.onloadend = () => resolve(request);
      started?.(request);
      request.send(body);
    });
  }

  function refusal(answer) {
    const isText = (answer.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    return new Refused(answer.status, isText ? answer.responseText : "");
  }

  /* States: running, paused, waiting, failed (somebody has to help), refused, cancelled, done. */
  class Upload {
    constructor(file, field, { url, changed }) {
      Object.assign(this, { file, field, begin: url, changed });
      Object.assign(this, { url: null, offset: 0, state: "running", note: "", sent: [] });
      this.key = ["upload", field, file.name, file.size, file.lastModified].join(":");
    }

    /* Send it all, however often the connection goes. Gives the upload's id, or throws. */
    async run() {
      let wait = SHORTEST_WAIT;
      for (;;) {
        const before = this.offset;
        try {
          await this.find();
          while (this.offset < this.file.size) await this.piece();
          this.show("done");
          return this.id;
        } catch (error) {
          if (this.state === "cancelled") throw error;
          if (this.state === "paused") continue;
          if (HELP.has(error.status)) {
            this.show("failed", error.message);
            continue;
          }
          if (!AGAIN.has(error.status)) {
            this.show("refused", error.message);
            throw error;
          }
          if (this.offset > before) wait = SHORTEST_WAIT;
          this.show("waiting", error.message);
          await this.pass(wait);
          wait = Math.min(wait * 2, LONGEST_WAIT);
        }
      }
    }

    get id() {
      return this.url.split("/").pop().replace(/\.tus$/, "");
    }

    /* Where it stopped, as the server knows it; or a new upload. */
    async find() {
      await this.unpaused();
      this.url ||= localStorage.getItem(this.key);
      if (this.url) {
        const there = await ask("HEAD", this.url);
        if (there.status === 200) {
          this.move(Number(there.getResponseHeader("Upload-Offset")));
          return;
        }
        if (there.status !== 404) throw refusal(there);
        this.url = null;
      }
      const told = { filename: this.file.name, field: this.field };
      const pairs = Object.entries(told).map(([key, value]) => `${key} ${encoded(value)}`);
      const begun = await ask("POST", this.begin, {
        headers: { "Upload-Length": this.file.size, "Upload-Metadata": pairs.join(",") },
      });
      if (begun.status !== 201) throw refusal(begun);
      this.url = begun.getResponseHeader("Location");
      localStorage.setItem(this.key, this.url);
      this.move(0);
    }

    async piece() {
      const start = this.offset;
      const body = this.file.slice(start, start + PIECE);
      const headers = { "Upload-Offset": start, "Content-Type": "application/offset+octet-stream" };
      if (window.crypto?.subtle) {
        const digest = await crypto.subtle.digest("SHA-256", await body.arrayBuffer());
        headers["Upload-Checksum"] = `sha256 ${base64(new Uint8Array(digest))}`;
      }
      if (this.state !== "running") throw new Refused(0);
      const answer = await ask("PATCH", this.url, {
        headers,
        body,
        progress: (loaded) => this.move(start + Math.min(loaded, body.size)),
        started: (request) => {
          this.request = request;
        },
      });
      if (answer.status !== 204) {
        this.offset = start;
        throw refusal(answer);
      }
      this.move(Number(answer.getResponseHeader("Upload-Offset")));
    }

    move(offset) {
      const now = performance.now();
      this.offset = offset;
      this.sent = [...this.sent.filter(([at]) => now - at < 5000), [now, offset]];
      if (this.state === "waiting") Object.assign(this, { state: "running", note: "" });
      this.changed(this);
    }

    /* Bytes a second, over the last seconds. */
    get speed() {
      const [first, last] = [this.sent[0], this.sent.at(-1)];
      if (!first || last[0] === first[0]) return 0;
      return Math.max(0, ((last[1] - first[1]) / (last[0] - first[0])) * 1000);
    }

    async unpaused() {
      if (this.state === "paused" || this.state === "failed") {
        await new Promise((resolve) => {
          this.wake = resolve;
        });
      }
      if (this.state === "cancelled") throw new Refused(0);
    }

    /* Wait so many milliseconds, or until the connection is back, or somebody presses a button. */
    pass(wait) {
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, wait);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
        addEventListener("online", this.wake, { once: true });
      });
    }

    show(state, note = "") {
      Object.assign(this, { state, note, sent: [] });
      this.changed(this);
    }

    pause() {
      this.show("paused");
      this.request?.abort();
    }

    resume() {
      this.show("running");
      this.wake?.();
    }

    cancel() {
      this.show("cancelled");
      this.request?.abort();
      this.wake?.();
      this.forget();
      if (this.url) ask("DELETE", this.url);
    }

    /* It was taken, or is not wanted: the same file chosen again would be another upload. */
    forget() {
      localStorage.removeItem(this.key);
    }
  }

  /* Bytes that are here and bytes there are to be, or nothing where the server knows of none. */
  async function standing(url) {
    const there = await ask("HEAD", url);
    if (there.status !== 200) return null;
    const [offset, size] = ["Upload-Offset", "Upload-Length"].map((name) =>
      Number(there.getResponseHeader(name)),
    );
    return { offset, size };
  }

  return { Upload, standing, discard: (url) => ask("DELETE", url) };
})();
