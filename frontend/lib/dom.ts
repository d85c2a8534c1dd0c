/** Elements without a framework. Inline styles are not offered: the site's content policy blocks them. */

type Child = Node | string | number | null | undefined | false;
type Listeners = { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };
export type Props = Record<string, string | number | boolean | null | undefined>;

const SVG = "http://www.w3.org/2000/svg";

function dress<E extends Element>(element: E, props: Props, children: Child[]): E {
  for (const [name, value] of Object.entries(props)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(textual));
  return element;
}

function textual(child: Child): Node | string {
  return child instanceof Node ? child : String(child);
}

/** An HTML element: `h("p", { class: "quiet" }, "text")`. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return dress(document.createElement(tag), props, children);
}

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return dress(document.createElementNS(SVG, tag), props, children);
}

/** Adds listeners and gives the element back. */
export function on<E extends HTMLElement>(element: E, listeners: Listeners): E {
  for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener as EventListener);
  return element;
}

/** The data of a `<script type="application/json">` that the server wrote into the page. */
export function readJson<T>(id: string): T {
  const script = document.getElementById(id);
  if (!script) throw new Error(`the page has no data named ${id}`);
  return JSON.parse(script.textContent ?? "null") as T;
}

/** The one element of the page that matches; a page without it is a mistake of ours. */
export function find<E extends HTMLElement = HTMLElement>(selector: string, root: ParentNode = document): E {
  const element = root.querySelector<E>(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  return element;
}

let serial = 0;

/** An id for a label to point at. */
export function freshId(prefix: string): string {
  serial += 1;
  return `${prefix}-${serial}`;
}
