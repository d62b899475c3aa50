import { nearest } from '../../protocol/internal.ts';
import type { ConfigError, ConfigPlace } from './config-error.ts';
import type { ConfigSource } from './config-source.ts';
import { rawIndexOf } from './references.ts';
import { knownElements } from './vocabulary.ts';

/** What a {@link ConfigAttribute} is made of; offsets count in the text of the file. */
interface AttributeParts {
  readonly source: ConfigSource;
  /** Name of the element that it belongs to. */
  readonly element: string;
  readonly name: string;
  readonly offset: number;
  readonly valueOffset: number;
  /** As it stands in the file. */
  readonly raw: string;
  readonly value: string;
}

/** One attribute, which knows where it stands. */
export class ConfigAttribute {
  readonly name: string;
  readonly offset: number;
  readonly value: string;
  readonly #parts: AttributeParts;

  constructor(parts: AttributeParts) {
    this.name = parts.name;
    this.offset = parts.offset;
    this.value = parts.value;
    this.#parts = parts;
  }

  get place(): ConfigPlace {
    return this.#parts.source.placeOf(this.#offsetOf(0));
  }

  /** The error at the character of the value that has this index. */
  error(problem: string, remedy?: string, index = 0): ConfigError {
    return this.#parts.source.error(this.#offsetOf(index), `<${this.#parts.element}>: ${problem}`, remedy);
  }

  note(message: string, index = 0): void {
    this.#parts.source.note(this.#offsetOf(index), `<${this.#parts.element}>: ${message}`);
  }

  #offsetOf(index: number): number {
    return this.#parts.valueOffset + rawIndexOf(this.#parts.raw, index);
  }
}

/** One element with its attributes and child elements, in the order of the file. */
export class ConfigElement {
  readonly source: ConfigSource;
  readonly name: string;
  readonly offset: number;
  readonly attributes: readonly ConfigAttribute[];
  readonly children: readonly ConfigElement[];

  constructor(parts: Pick<ConfigElement, 'source' | 'name' | 'offset' | 'attributes' | 'children'>) {
    this.source = parts.source;
    this.name = parts.name;
    this.offset = parts.offset;
    this.attributes = parts.attributes;
    this.children = parts.children;
  }

  get place(): ConfigPlace {
    return this.source.placeOf(this.offset);
  }

  get line(): number {
    return this.source.lineOf(this.offset);
  }

  attribute(name: string): ConfigAttribute | undefined {
    return this.attributes.find((attribute) => attribute.name === name);
  }

  /** The attribute, which must be there and not empty. */
  requiredAttribute(name: string): ConfigAttribute {
    const attribute = this.attribute(name);
    if (attribute === undefined) {
      const names = this.attributes.map((present) => present.name);
      const near = nearest(name, names);
      const remedy = near === undefined ? `add ${name}="..."` : `probably meant: ${name} instead of ${near}`;
      throw this.error(`<${this.name}> has no ${name}`, remedy);
    }
    if (attribute.value.trim() === '') throw attribute.error(`${name} is empty`, `fill in ${name}="..."`);
    return attribute;
  }

  all(name: string): readonly ConfigElement[] {
    return this.children.filter((child) => child.name === name);
  }

  /** The child of this name. There must not be two, for one of them would be ignored. */
  child(name: string): ConfigElement | undefined {
    const [first, second] = this.all(name);
    if (first !== undefined && second !== undefined) {
      const remedy = `the first is in line ${first.line}; keep one of them`;
      throw second.error(`<${name}> stands twice in <${this.name}>`, remedy);
    }
    return first;
  }

  requiredChild(name: string): ConfigElement {
    const child = this.child(name);
    if (child === undefined) throw this.#noChild(name);
    return child;
  }

  /** The children of this name, at least one. */
  requiredChildren(name: string): readonly ConfigElement[] {
    const children = this.all(name);
    if (children.length === 0) throw this.#noChild(name);
    return children;
  }

  #noChild(name: string): ConfigError {
    const names = this.children.map((present) => present.name);
    const itsOwn = names.filter((child) => belongsInto(name, child) && !belongsInto(this.name, child));
    if (itsOwn.length > 0) {
      const found = itsOwn.map((child) => `<${child}>`).join(' and ');
      return this.error(`<${this.name}> has no <${name}>`, `put ${found} into <${name}>...</${name}>`);
    }
    const near = nearest(name, names);
    const remedy = near === undefined ? `add <${name}>` : `probably meant: <${name}> instead of <${near}>`;
    return this.error(`<${this.name}> has no <${name}>`, remedy);
  }

  error(problem: string, remedy?: string): ConfigError {
    return this.source.error(this.offset, problem, remedy);
  }

  note(message: string): void {
    this.source.note(this.offset, message);
  }
}

function belongsInto(parent: string, child: string): boolean {
  return knownElements.get(child)?.parents.includes(parent) === true;
}
