// The panel beside the transcript: tabs of headings, texts, tables and answers.

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

  makeAnswer(item) {
    const mark = element("span", `verdict ${item.final}`, item.sign);
    const chips = element("div", "chips", element("span", `chip ${item.verdict}`, item.answer));
    chips.append(element("span", "faint", `confidence ${item.confidence}`));
    if (item.human) chips.append(element("span", "chip human", item.human));
    const lines = [element("div", "question", item.text), chips];
    if (item.reason) lines.push(element("p", "faint", item.reason));
    for (const { quote, start } of item.evidence) {
      const go = button("time", `▶ ${clock(start)}`, `Play from ${clock(start)}`, () =>
        this.playFrom(start),
      );
      lines.push(element("blockquote", "", go, ` “${quote}”`));
    }
    return element("div", "answer", mark, element("div", "", ...lines));
  }
}
