/**
 * Makes what is on the page like new markup while keeping the elements that are there: what the reader has opened, chosen, selected or
 * scrolled to stays, and so do the charts.
 */

/** Elements whose content the script of the page has made. */
const OWN_CONTENT = '[data-chart]';

/** Attributes that the reader changes. */
const OF_READER = new Set(['open', 'checked']);

function morphAttributes(element: Element, wanted: Element): void {
  // Of a chart the library sets attributes too; of the page it has only its height and its description.
  if (element instanceof HTMLElement && wanted instanceof HTMLElement && element.matches(OWN_CONTENT)) {
    element.style.height = wanted.style.height;
    element.setAttribute('aria-label', wanted.getAttribute('aria-label') ?? '');
    return;
  }
  for (const { name } of [...element.attributes]) {
    if (!wanted.hasAttribute(name) && !OF_READER.has(name)) element.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (!OF_READER.has(name) && element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

/** The attributes by which an element is known among its siblings, besides its tag. */
const NAMES = ['aria-labelledby', 'data-chart', 'data-of', 'data-key', 'class'];

/** Nodes by what they are and, of equals, which one in order. */
function byName(nodes: Iterable<ChildNode>): Map<string, ChildNode> {
  const named = new Map<string, ChildNode>();
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const names = node instanceof Element ? NAMES.map((name) => node.getAttribute(name) ?? '') : [];
    const name = [node.nodeName, ...names].join('|');
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    named.set(`${name}#${count}`, node);
  }
  return named;
}

function morphNode(node: Node, wanted: Node): void {
  if (!(node instanceof Element) || !(wanted instanceof Element)) {
    if (node.nodeValue !== wanted.nodeValue) node.nodeValue = wanted.nodeValue;
    return;
  }
  if (node.isEqualNode(wanted)) return;
  morphAttributes(node, wanted);
  if (!node.matches(OWN_CONTENT)) morphChildren(node, wanted);
}

/** Makes the children of `parent` like those of `wanted`, which is used up. */
export function morphChildren(parent: Element, wanted: Element): void {
  const present = byName(parent.childNodes);
  const next = byName(wanted.childNodes);
  for (const [name, node] of present) if (!next.has(name)) node.remove();
  let place = parent.firstChild;
  for (const [name, child] of next) {
    const known = present.get(name);
    if (known === undefined) {
      parent.insertBefore(child, place);
      continue;
    }
    if (known === place) place = known.nextSibling;
    else parent.insertBefore(known, place);
    morphNode(known, child);
  }
}
