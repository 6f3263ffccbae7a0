// The player of one conversation: sound, timeline, transcript, and a panel beside it.
// cintel/dashboard/player.py joins the files of this folder into one module.

const players = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".cintel");
  let player = players.get(root);
  if (!player || player.key !== data.key) {
    player?.close();
    player = new Player(root, data);
    players.set(root, player);
  }
  if (data.tabs.length) player.panel.show(data.tabs);
  if (player.token !== data.token) {
    player.token = data.token;
    if (data.start !== null) player.seek(data.start);
  }
  return () => {
    if (!root.isConnected) player.close();
  };
}

class Player {
  constructor(root, data) {
    this.root = root;
    this.key = data.key;
    this.data = data;
    this.time = 0;
    this.current = -1;
    this.panel = new Panel((seconds) => this.playFrom(seconds));
    this.timeline = new Timeline(data, (seconds) => this.seek(seconds));
    this.audio = data.audio ? this.makeAudio(data.audio) : null;
    this.transcript = this.makeTranscript();
    const beside = data.tabs.length ? this.panel.node : null;
    const body = element("div", beside ? "body" : "body alone", this.transcript, beside);
    root.replaceChildren(this.makeBar(), this.timeline.node, body);
    if (this.audio) root.prepend(this.audio);
    root.onkeydown = (event) => this.onKey(event);
    // The sheet of a review is a component of its own: they talk through the document.
    this.asked = (event) => this.playFrom(event.detail);
    document.addEventListener("cintel:play", this.asked);
    this.paint();
  }

  close() {
    cancelAnimationFrame(this.frame);
    document.removeEventListener("cintel:play", this.asked);
    if (!this.audio) return;
    this.audio.pause();
    URL.revokeObjectURL(this.audio.src);
  }

  makeAudio(sound) {
    const audio = element("audio");
    audio.src = blobUrl(sound);
    audio.preload = "auto";
    audio.addEventListener("play", () => this.follow());
    audio.addEventListener("seeked", () => this.moved(audio.currentTime));
    audio.addEventListener("pause", () => this.moved(audio.currentTime));
    return audio;
  }

  makeBar() {
    const left = element("div", "controls");
    this.clock = element("span", "clock");
    if (this.audio) {
      this.toggle = button("play", "▶", "Play or pause (space)", () => this.playPause());
      this.audio.addEventListener("play", () => (this.toggle.textContent = "❚❚"));
      this.audio.addEventListener("pause", () => (this.toggle.textContent = "▶"));
      left.append(
        button("step", "−5 s", "Back five seconds (left arrow)", () => this.seek(this.time - 5)),
        this.toggle,
        button("step", "+5 s", "On five seconds (right arrow)", () => this.seek(this.time + 5)),
        this.clock,
        this.makeSpeeds(),
      );
    } else {
      left.append(element("span", "notice", this.data.notice), this.clock);
    }
    const right = element("div", "controls");
    if (this.data.peak !== null) {
      const go = () => this.playFrom(this.data.peak);
      right.append(button("link", "Most frustrated moment", "Go to the peak", go));
    }
    if (this.data.personal) {
      const hide = button("link", "Hide personal data", "Cover it in the transcript", () => {
        const hidden = this.root.classList.toggle("masked");
        hide.textContent = hidden ? "Show personal data" : "Hide personal data";
      });
      right.append(hide);
    }
    return element("div", "bar", left, right);
  }

  makeSpeeds() {
    const speeds = [1, 1.25, 1.5, 2];
    const made = button("step", "1×", "Speed", () => {
      const next = speeds[(speeds.indexOf(this.audio.playbackRate) + 1) % speeds.length];
      this.audio.playbackRate = next;
      made.textContent = `${next}×`;
    });
    return made;
  }

  makeTranscript() {
    this.words = [];
    this.rows = this.data.turns.map((turn, place) => this.makeTurn(turn, place));
    const made = element("div", "transcript", ...this.rows);
    made.tabIndex = 0;
    return made;
  }

  makeTurn(turn, place) {
    const text = element("p", "", ...turn.pieces.map((piece) => this.makePiece(piece, place)));
    const head = element("div", "who", element("b", "", turn.name));
    if (turn.tone) head.append(element("span", `chip ${turn.tone}`, turn.tone));
    if (turn.frustration !== null) {
      const fill = element("i");
      fill.style.width = `${100 * turn.frustration}%`;
      const meter = element("span", "meter", fill);
      meter.title = `Frustration ${turn.frustration.toFixed(2)}`;
      head.append(meter);
    }
    const start = button("time", clock(turn.start), `Play from ${clock(turn.start)}`, () =>
      this.playFrom(turn.start),
    );
    const row = element("div", `turn ${turn.role}`, start, element("div", "said", head, text));
    row.dataset.index = turn.index;
    row.addEventListener("click", (event) => {
      if (event.target.closest("button")) return;
      if (!getSelection().isCollapsed) return;
      this.playFrom(Number(event.target.closest(".word")?.dataset.start ?? turn.start));
    });
    return row;
  }

  makePiece([text, start, unsure, personal], place) {
    const made = element("span", "", text);
    if (start !== null) {
      made.classList.add("word");
      made.dataset.start = start;
      this.words.push({ start, place, made });
    }
    if (unsure) {
      made.classList.add("unsure");
      made.title = "The recogniser was not sure of this word";
    }
    if (personal) {
      made.classList.add("personal");
      made.title = `Personal data: ${personal}`;
    }
    return made;
  }

  onKey(event) {
    if (!this.audio || event.target.closest("button")) return;
    const action = {
      " ": () => this.playPause(),
      ArrowLeft: () => this.seek(this.time - 5),
      ArrowRight: () => this.seek(this.time + 5),
    }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  playPause() {
    if (this.audio.paused) this.audio.play();
    else this.audio.pause();
  }

  playFrom(seconds) {
    this.seek(seconds);
    this.audio?.play();
  }

  seek(seconds) {
    const time = Math.min(Math.max(0, seconds), this.data.duration);
    if (this.audio) this.audio.currentTime = time;
    this.moved(time);
  }

  follow() {
    cancelAnimationFrame(this.frame);
    this.moved(this.audio.currentTime);
    if (!this.audio.paused) this.frame = requestAnimationFrame(() => this.follow());
  }

  moved(time) {
    this.time = time;
    document.dispatchEvent(new CustomEvent("cintel:moved", { detail: time }));
    this.paint();
  }

  paint() {
    const { turns, duration } = this.data;
    this.timeline.moveTo(this.time);
    this.clock.textContent = `${clock(this.time)} / ${clock(duration)}`;
    const place = turns.findLastIndex((turn) => turn.start <= this.time + 0.05);
    if (place !== this.current) {
      this.rows[this.current]?.classList.remove("now");
      this.rows[place]?.classList.add("now");
      this.current = place;
      if (this.time > 0) this.reveal(this.rows[place]);
    }
    const word = this.words.findLast(
      (item) => item.place === place && item.start <= this.time + 0.05,
    );
    if (word !== this.word) {
      this.word?.made.classList.remove("now");
      word?.made.classList.add("now");
      this.word = word;
    }
  }

  reveal(row) {
    if (!row) return;
    const box = this.transcript;
    const top = row.offsetTop - box.offsetTop;
    const hidden = top < box.scrollTop || top + row.offsetHeight > box.scrollTop + box.clientHeight;
    if (hidden) box.scrollTo({ top: top - box.clientHeight / 3, behavior: "smooth" });
  }
}
