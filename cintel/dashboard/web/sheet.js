// The sheet of a review: questions with both answers, answered by click or key, and comments.
// What is said stays in `pending`, numbered, until the page reports that number as applied, so that
// nothing is lost however fast the keys come.

const sheets = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".cintel");
  let sheet = sheets.get(root);
  if (!sheet || sheet.key !== data.key) {
    sheet?.close();
    sheet = new Sheet(root, data.key);
    sheets.set(root, sheet);
  }
  sheet.send = (said) => setStateValue("said", said);
  sheet.show(data);
  return () => {
    if (!root.isConnected) sheet.close();
  };
}

class Sheet {
  constructor(root, key) {
    this.root = root;
    this.key = key;
    this.pending = [];
    this.place = 0;
    this.time = 0;
    this.note = element("textarea", "note");
    this.note.placeholder = "Comment on this moment";
    this.note.setAttribute("aria-label", "Comment on this moment");
    this.noteButton = button("link", "", "Comment at this moment", () => this.comment());
    this.listeners = { keydown: (event) => this.onKey(event), "cintel:moved": (event) => this.moved(event.detail) };
    for (const [name, listen] of Object.entries(this.listeners)) document.addEventListener(name, listen);
    this.moved(0);
  }

  close() {
    for (const [name, listen] of Object.entries(this.listeners)) document.removeEventListener(name, listen);
  }

  show(data) {
    this.data = data;
    this.pending = this.pending.filter(({ number }) => number > data.applied);
    const typing = this.root.getRootNode().activeElement === this.note;
    const top = this.box?.scrollTop ?? 0;
    this.rows = data.items.map((item, place) => this.makeRow(item, place));
    this.box = element("div", "sheet", ...this.withHeadings(), ...this.makeComments());
    this.root.replaceChildren(this.makeHead(), this.box);
    this.box.scrollTop = top;
    if (typing) this.note.focus();
    this.mark();
  }

  withHeadings() {
    return this.data.items.flatMap(({ heading }, place) =>
      heading ? [element("h4", "", heading), this.rows[place]] : [this.rows[place]],
    );
  }

  makeHead() {
    const { title, score, chips, editable } = this.data;
    const line = element("div", "chips", ...chips.map(([tone, text]) => element("span", `chip ${tone}`, text)));
    const keys = editable ? "y yes · n no · a n/a · 1–9 options · " : "";
    const help = element("div", "faint", `Keys: ${keys}j next · k back · p play the evidence`);
    return element("div", "score", element("strong", "", score), element("div", "", title, line, help));
  }

  makeRow(item, place) {
    const given = this.given(item);
    const machine = element("div", "chips", element("span", `chip ${item.verdict}`, `AI: ${item.ai}`));
    machine.append(element("span", "faint", `confidence ${item.confidence}`));
    const lines = [element("div", "question", item.text), machine];
    if (item.reason) lines.push(element("p", "faint", item.reason));
    for (const { quote, start } of item.evidence) {
      const play = button("time", `▶ ${clock(start)}`, `Play from ${clock(start)}`, () => this.play(start));
      lines.push(element("blockquote", "", play, ` “${quote}”`));
    }
    lines.push(this.makeChoices(item, place, given));
    if (item.said) lines.push(element("div", "faint", item.said));
    const sign = element("span", "verdict", given === undefined ? "" : "●");
    if (given !== undefined) sign.title = "A person has answered";
    const row = element("div", "answer", sign, element("div", "", ...lines));
    row.addEventListener("click", () => this.go(place));
    return row;
  }

  makeChoices(item, place, given) {
    const made = item.options.map(({ key, label, value }) => {
      const now = given !== undefined && given === value;
      const chosen = button(now ? "choice now" : "choice", label, `${item.text}: ${label} (${key})`, () =>
        this.answer(place, value),
      );
      chosen.setAttribute("aria-pressed", String(now));
      chosen.disabled = !this.data.editable;
      return chosen;
    });
    if (item.free) made.unshift(this.makeField(item, place, given));
    return element("div", "choices", ...made);
  }

  makeField(item, place, given) {
    const field = element("input", "field");
    field.type = item.free;
    field.value = given ?? "";
    field.disabled = !this.data.editable;
    field.setAttribute("aria-label", item.text);
    field.addEventListener("change", () => {
      const said = item.free === "number" ? field.valueAsNumber : field.value.trim();
      if (said !== "" && !Number.isNaN(said)) this.answer(place, said);
    });
    return field;
  }

  makeComments() {
    const { comments, open } = this.data;
    const made = comments.map(({ who, text, start }) => {
      const play = button("time", `▶ ${clock(start)}`, `Play from ${clock(start)}`, () => this.play(start));
      return element("blockquote", "", play, ` ${who}: ${text}`);
    });
    if (open) made.push(this.note, this.noteButton);
    return made.length ? [element("h4", "", "Comments"), ...made] : [];
  }

  given(item) {
    const said = this.pending.findLast(({ question }) => question === item.id);
    return said ? said.answer : item.human;
  }

  answer(place, value) {
    const item = this.data.items[place];
    this.place = place;
    this.say({ question: item.id, answer: value });
  }

  comment() {
    const text = this.note.value.trim();
    if (!text) return;
    this.note.value = "";
    this.say({ comment: text, moment: this.time });
  }

  say(said) {
    const last = this.pending.at(-1)?.number ?? this.data.applied;
    this.pending = [...this.pending, { number: Math.max(last, this.data.applied) + 1, ...said }];
    this.send(this.pending);
    this.show(this.data);
  }

  onKey(event) {
    const from = event.composedPath()[0];
    const typing = /^(input|textarea|select)$/i.test(from.tagName ?? "") || from.isContentEditable;
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !this.data.items.length) return;
    const item = this.data.items[this.place];
    const option = item.options.find(({ key }) => key === event.key);
    if (event.key === "j") this.go(this.place + 1);
    else if (event.key === "k") this.go(this.place - 1);
    else if (event.key === "p" && item.evidence.length) this.play(item.evidence[0].start);
    else if (option && this.data.editable) this.answer(this.place, option.value);
    else return;
    event.preventDefault();
  }

  go(place) {
    this.place = Math.min(Math.max(0, place), this.rows.length - 1);
    this.mark();
  }

  mark() {
    this.place = Math.min(this.place, Math.max(0, this.rows.length - 1));
    for (const [place, row] of this.rows.entries()) row.classList.toggle("now", place === this.place);
    this.rows[this.place]?.scrollIntoView({ block: "nearest" });
  }

  play(seconds) {
    document.dispatchEvent(new CustomEvent("cintel:play", { detail: seconds }));
  }

  moved(seconds) {
    this.time = seconds;
    this.noteButton.textContent = `Comment at ${clock(seconds)}`;
  }
}
