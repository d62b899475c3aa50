/** The folder that a path lies in; `.` is the root and lies in none. */
export function parentOf(path: string): string | undefined {
  if (path === '.') return undefined;
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}

export function joinPath(folder: string, name: string): string {
  return folder === '.' ? name : `${folder}/${name}`;
}

/** The folders above a path, the root first. */
export function ancestorsOf(path: string): string[] {
  if (path === '.') return [];
  const ancestors = ['.'];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    ancestors.push(path.slice(0, slash));
  }
  return ancestors;
}

interface Node<V> {
  value: V | undefined;
  children: Map<string, Node<V>> | undefined;
}

/**
 * Values by path, kept as a tree: what is known above, below or directly in a folder is found without looking at the
 * rest. Paths are relative, `.` is the root.
 */
export class PathTree<V extends object> {
  readonly #root: Node<V> = { value: undefined, children: undefined };
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(path: string): V | undefined {
    return this.#find(path)?.value;
  }

  set(path: string, value: V): void {
    let node = this.#root;
    for (const name of namesOf(path)) {
      node.children ??= new Map();
      let child = node.children.get(name);
      if (child === undefined) {
        child = { value: undefined, children: undefined };
        node.children.set(name, child);
      }
      node = child;
    }
    if (node.value === undefined) this.#size += 1;
    node.value = value;
  }

  /** Takes the value of one path out; what is below stays. */
  delete(path: string): V | undefined {
    const trail = this.#trail(path);
    const node = trail?.at(-1);
    if (trail === undefined || node?.value === undefined) return undefined;
    const { value } = node;
    node.value = undefined;
    this.#size -= 1;
    this.#prune(path, trail);
    return value;
  }

  /** Takes a path out, and everything below it. */
  deleteTree(path: string): void {
    const trail = this.#trail(path);
    const node = trail?.at(-1);
    if (trail === undefined || node === undefined) return;
    for (const _ of valuesIn(path, node)) this.#size -= 1;
    node.value = undefined;
    node.children = undefined;
    this.#prune(path, trail);
  }

  /** Values of the folders above a path, the root first. */
  *above(path: string): Generator<readonly [path: string, value: V]> {
    let node: Node<V> | undefined = this.#root;
    let at = '.';
    for (const name of namesOf(path)) {
      if (node.value !== undefined) yield [at, node.value];
      node = node.children?.get(name);
      if (node === undefined) return;
      at = joinPath(at, name);
    }
  }

  /** Values below a path, the path itself not among them. Nothing may be changed meanwhile. */
  *below(path: string): Generator<readonly [path: string, value: V]> {
    const node = this.#find(path);
    for (const [name, child] of node?.children ?? []) yield* valuesIn(joinPath(path, name), child);
  }

  /** All values, those of folders before those below. Nothing may be changed meanwhile. */
  *all(): Generator<readonly [path: string, value: V]> {
    yield* valuesIn('.', this.#root);
  }

  /** How many names directly in a folder have a value, or lead to one. */
  countIn(folder: string): number {
    return this.#find(folder)?.children?.size ?? 0;
  }

  /** Whether the path itself, something above it or something below it has a value. */
  touches(path: string): boolean {
    let node: Node<V> | undefined = this.#root;
    for (const name of namesOf(path)) {
      if (node.value !== undefined) return true;
      node = node.children?.get(name);
      if (node === undefined) return false;
    }
    // Nodes without a value and without children are pruned, except for an empty root.
    return node !== this.#root || this.#size > 0;
  }

  clear(): void {
    this.#root.value = undefined;
    this.#root.children = undefined;
    this.#size = 0;
  }

  #find(path: string): Node<V> | undefined {
    let node: Node<V> | undefined = this.#root;
    for (const name of namesOf(path)) {
      node = node.children?.get(name);
      if (node === undefined) return undefined;
    }
    return node;
  }

  /** The nodes from the root to a path. */
  #trail(path: string): Node<V>[] | undefined {
    const trail = [this.#root];
    for (const name of namesOf(path)) {
      const child = trail.at(-1)?.children?.get(name);
      if (child === undefined) return undefined;
      trail.push(child);
    }
    return trail;
  }

  #prune(path: string, trail: readonly Node<V>[]): void {
    const names = namesOf(path);
    for (let depth = names.length; depth > 0; depth -= 1) {
      const { value, children } = trail[depth] as Node<V>;
      if (value !== undefined || (children !== undefined && children.size > 0)) return;
      (trail[depth - 1] as Node<V>).children?.delete(names[depth - 1] as string);
    }
  }
}

function namesOf(path: string): readonly string[] {
  return path === '.' ? [] : path.split('/');
}

function* valuesIn<V>(path: string, node: Node<V>): Generator<readonly [path: string, value: V]> {
  if (node.value !== undefined) yield [path, node.value];
  for (const [name, child] of node.children ?? []) yield* valuesIn(joinPath(path, name), child);
}
