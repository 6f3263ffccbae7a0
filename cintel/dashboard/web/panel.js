// The panel beside the transcript: tabs of headings, texts, tables, parts of the summary and answers.

class Panel {
  constructor(playFrom) {
    this.playFrom = playFrom;
    this.node = element("div", "panel");
  }

  show(tabs) {
    const shown = tabs.find(({ name }) => name === this.tab) ?? tabs[0];
    const made = tabs.map(({ name }) => {
      const choose = () => {
        this.tab = name;
        this.show(tabs);
      };
      return button(name === shown.name ? "tab now" : "tab", name, name, choose);
    });
    const content = element("div", "content", ...shown.blocks.map((block) => this.makeBlock(block)));
    this.node.replaceChildren(element("div", "tabs", ...made), content);
  }

  makeBlock(block) {
    if (block.kind === "heading") return element("h4", "", block.text);
    if (block.kind === "text") return element("p", block.tone ?? "", block.text);
    if (block.kind === "score") return this.makeScore(block);
    if (block.kind === "table") return this.makeTable(block.rows);
    if (block.kind === "part") return this.makePart(block);
    return this.makeAnswer(block);
  }

  makeScore({ title, score, chips }) {
    const made = chips.map(([tone, text]) => element("span", `chip ${tone}`, text));
    const line = element("div", "chips", ...made);
    return element("div", "score", element("strong", "", score), element("div", "", title, line));
  }

  makeTable(rows) {
    const made = rows.map(([head, ...cells], place) => {
      const kind = place === 0 && head === "" ? "th" : "td";
      return element("tr", "", element("th", "", head), ...cells.map((c) => element(kind, "", c)));
    });
    return element("table", "", ...made);
  }

  makePart({ text, about, starts }) {
    const line = element("p", "", ...starts.flatMap((start) => [this.makePlay(start), " "]), text);
    if (!about) return line;
    return element("div", "part", line, element("span", "faint", about));
  }

  makePlay(start) {
    const label = `Play from ${clock(start)}`;
    return button("time", `▶ ${clock(start)}`, label, () => this.playFrom(start));
  }

  makeAnswer(item) {
    const mark = element("span", `verdict ${item.final}`, item.sign);
    const chips = element("div", "chips", element("span", `chip ${item.verdict}`, item.answer));
    chips.append(element("span", "faint", `confidence ${item.confidence}`));
    if (item.human) chips.append(element("span", "chip human", item.human));
    const lines = [element("div", "question", item.text), chips];
    if (item.reason) lines.push(element("p", "faint", item.reason));
    for (const { quote, start } of item.evidence) {
      lines.push(element("blockquote", "", this.makePlay(start), ` “${quote}”`));
    }
    return element("div", "answer", mark, element("div", "", ...lines));
  }
}
