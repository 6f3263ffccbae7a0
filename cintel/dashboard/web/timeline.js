// The timeline: who speaks when, what happens, and how the customer feels.

class Timeline {
  constructor(data, onSeek) {
    this.data = data;
    this.onSeek = onSeek;
    this.node = this.build();
  }

  moveTo(time) {
    this.head.style.left = this.at(Math.min(time, this.data.duration));
  }

  at(seconds) {
    return `${(100 * seconds) / this.data.duration}%`;
  }

  block(classes, start, end, title) {
    const made = element("span", classes);
    made.style.left = this.at(start);
    made.style.width = `max(2px, ${this.at(end - start)})`;
    made.title = title;
    return made;
  }

  build() {
    const lanes = element("div", "lanes");
    const names = element("div", "names");
    const add = (name, classes, children) => {
      names.append(element("div", classes, name));
      lanes.append(element("div", `lane ${classes}`, ...children));
    };
    for (const [role, name] of [["agent", "Agent"], ["customer", "Customer"], ["system", "System"]]) {
      const own = this.data.turns.filter((turn) => turn.role === role);
      if (own.length || role !== "system") {
        const blocks = own.map((turn) =>
          this.block(`say ${role}`, turn.start, turn.end, `${name}, ${clock(turn.start)}`),
        );
        add(name, "voice", blocks);
      }
    }
    const marks = this.data.marks.map(([kind, name, start, end]) =>
      this.block(`mark ${kind}`, start, end, `${name} ${clock(start)} to ${clock(end)}`),
    );
    add("Events", "events", marks);
    add("Sentiment", "sentiment", this.sentimentBars());
    add("Frustration", "frustration", [this.frustrationArea()]);
    this.head = element("div", "head");
    lanes.append(this.head);
    this.scrub(lanes);
    const ticks = element("div", "ticks", ...this.ticks());
    const legend = element("div", "legend", ...this.data.legend.map(([kind, text]) =>
      element("span", "", element("i", `mark ${kind}`), text),
    ));
    return element("div", "timeline", names, lanes, ticks, legend);
  }

  sentimentBars() {
    return this.data.turns.filter((turn) => turn.sentiment !== null).map((turn) => {
      const score = turn.sentiment;
      const sign = score < -0.05 ? "negative" : score > 0.05 ? "positive" : "neutral";
      const title = `${clock(turn.start)} ${turn.role}: sentiment ${score.toFixed(2)}`;
      const made = this.block(`tone ${sign} ${turn.role}`, turn.start, turn.end, title);
      const height = Math.max(4, Math.abs(score) * 50);
      made.style.height = `${height}%`;
      made.style.top = score < 0 ? "50%" : `${50 - height}%`;
      return made;
    });
  }

  frustrationArea() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 1000 100");
    svg.setAttribute("preserveAspectRatio", "none");
    const scored = this.data.turns.filter((turn) => turn.frustration !== null);
    let path = "";
    scored.forEach((turn, place) => {
      const from = (1000 * turn.start) / this.data.duration;
      const next = scored[place + 1];
      const to = (1000 * (next ? next.start : turn.end)) / this.data.duration;
      const top = 100 - 100 * turn.frustration;
      path += `M${from} 100 L${from} ${top} L${to} ${top} L${to} 100 Z `;
    });
    const area = document.createElementNS(space, "path");
    area.setAttribute("d", path);
    svg.append(area);
    return svg;
  }

  ticks() {
    const steps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 86400];
    const step = steps.find((width) => this.data.duration / width <= 12) ?? 604800;
    const made = [];
    for (let time = 0; time < this.data.duration - step * 0.3; time += step) {
      const tick = element("span", "", clock(time));
      tick.style.left = this.at(time);
      made.push(tick);
    }
    return made;
  }

  scrub(lanes) {
    const move = (event) => {
      const box = lanes.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      this.onSeek(share * this.data.duration);
    };
    lanes.addEventListener("pointerdown", (event) => {
      lanes.setPointerCapture(event.pointerId);
      move(event);
    });
    lanes.addEventListener("pointermove", (event) => {
      if (lanes.hasPointerCapture(event.pointerId)) move(event);
    });
  }
}
