/** Finds one thing of the catalogue by typing: a search field and its hits as buttons. */

import { freshId, h, on } from "../lib/dom";

const PAUSE_MS = 250;
const MOST_HITS = 8;

export interface Picker {
  element: HTMLElement;
  focus(): void;
}

export function picker<T>(
  label: string,
  help: string,
  search: (query: string) => Promise<T[]>,
  nameOf: (hit: T) => string,
  pick: (hit: T) => void,
): Picker {
  const id = freshId("pick");
  const input = h("input", { id, type: "search", autocomplete: "off", "aria-describedby": `${id}-help` });
  const hits = h("ul", { class: "hits" });
  const said = h("p", { class: "help", id: `${id}-help`, role: "status" }, help);
  let timer: number | undefined;
  let asked = 0;

  async function ask(query: string): Promise<void> {
    asked += 1;
    const turn = asked;
    try {
      const found = await search(query);
      // An answer that was overtaken by a newer question is dropped.
      if (turn !== asked) return;
      hits.replaceChildren(
        ...found
          .slice(0, MOST_HITS)
          .map((hit) => h("li", {}, on(h("button", { type: "button" }, nameOf(hit)), { click: () => pick(hit) }))),
      );
      said.textContent = found.length === 0 ? "Nothing found. Fewer words find more." : help;
    } catch (error) {
      said.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  on(input, {
    input: () => {
      window.clearTimeout(timer);
      const query = input.value.trim();
      if (query.length < 2) hits.replaceChildren();
      else timer = window.setTimeout(() => void ask(query), PAUSE_MS);
    },
  });
  return {
    element: h("div", { class: "field" }, h("label", { for: id }, label), input, said, hits),
    focus: () => input.focus(),
  };
}
