/**
 * Makes an element's content equal to what was rendered, by changing what differs: focus, scroll
 * positions and what somebody types stay where they are. Children are told apart by `data-key`, else
 * by their place.
 */
export function morphContent(into: Element, rendered: readonly Node[]): void {
  const keyed = new Map<string, Element>()
  for (const child of into.children) {
    const key = child.getAttribute('data-key')
    if (key !== null) keyed.set(key, child)
  }
  let next: ChildNode | null = into.firstChild
  for (const wanted of rendered) {
    const key = wanted instanceof Element ? wanted.getAttribute('data-key') : null
    const same = key === null ? matching(next, wanted) : keyed.get(key)
    if (same === undefined || !isAlike(same, wanted)) {
      into.insertBefore(wanted, next)
      continue
    }
    if (same === next) next = next.nextSibling
    else into.insertBefore(same, next)
    morph(same, wanted)
  }
  while (next !== null) {
    const rest: ChildNode | null = next.nextSibling
    next.remove()
    next = rest
  }
}

/** An element without a key takes the place of one without a key. */
function matching(at: ChildNode | null, wanted: Node): ChildNode | undefined {
  if (at === null) return undefined
  if (at instanceof Element && at.hasAttribute('data-key')) return undefined
  return isAlike(at, wanted) ? at : undefined
}

function isAlike(left: Node, right: Node): boolean {
  return left.nodeType === right.nodeType && left.nodeName === right.nodeName
}

function morph(into: Node, wanted: Node): void {
  if (!(into instanceof Element) || !(wanted instanceof Element)) {
    if (into.nodeValue !== wanted.nodeValue) into.nodeValue = wanted.nodeValue
    return
  }
  // What it holds is drawn by somebody else.
  if (into.hasAttribute('data-own')) return
  for (const { name } of [...into.attributes]) {
    if (!wanted.hasAttribute(name) && !KEPT.has(name)) into.removeAttribute(name)
  }
  for (const { name, value } of wanted.attributes) {
    if (into.getAttribute(name) !== value) into.setAttribute(name, value)
  }
  morphContent(into, [...wanted.childNodes])
}

/** Written by the browser or the user. */
const KEPT: ReadonlySet<string> = new Set(['style', 'open'])
