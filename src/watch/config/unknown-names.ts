import { nearest } from '../../protocol/internal.ts';
import type { ConfigElement } from './element.ts';
import { knownElements, type Vocabulary } from './vocabulary.ts';

/** Notes every element and attribute that nobody will read; `parent` is what the elements stand in. */
export function noteUnknown(elements: readonly ConfigElement[], parent: string, known: Vocabulary): void {
  for (const element of elements) {
    if (element.source.isFull) return;
    const entry = Object.hasOwn(known.children, element.name) ? known.children[element.name] : undefined;
    if (entry === undefined) {
      const message = unknownElement(element.name, parent, Object.keys(known.children));
      element.source.note(element.offset, message);
      continue;
    }
    for (const { name, offset } of element.attributes) {
      if (entry.attributes.includes(name)) continue;
      element.source.note(offset, unknownAttribute(name, element.name, entry.attributes));
    }
    noteUnknown(element.children, `<${element.name}>`, entry);
  }
}

function unknownElement(name: string, parent: string, siblings: readonly string[]): string {
  const problem = `unknown element <${name}> in ${parent}`;
  const near = nearest(name, siblings);
  if (near !== undefined) return `${problem}; probably meant: <${near}>`;
  const known = knownElements.get(name);
  if (known !== undefined)
    return known.parents.length === 0
      ? problem
      : `${problem}; it belongs in <${known.parents.join('> or <')}>`;
  const anywhere = nearest(name, knownElements.keys());
  return anywhere === undefined ? problem : `${problem}; probably meant: <${anywhere}>`;
}

function unknownAttribute(name: string, element: string, known: readonly string[]): string {
  const problem = `unknown attribute ${name} in <${element}>`;
  const near = nearest(name, known);
  if (near !== undefined) return `${problem}; probably meant: ${near}="..."`;
  return `${problem}; it has ${known.length === 0 ? 'none' : known.join(', ')}`;
}
