interface Item<T> {
  readonly due: number;
  readonly value: T;
}

/** Values in the order of their times: a binary heap. */
export class DueQueue<T> {
  readonly #heap: Item<T>[] = [];

  /** The earliest time; Infinity while empty. */
  get dueAt(): number {
    return this.#heap[0]?.due ?? Number.POSITIVE_INFINITY;
  }

  push(due: number, value: T): void {
    const heap = this.#heap;
    let at = heap.length;
    const item = { due, value };
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Item<T>;
      if (above.due <= due) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = item;
  }

  /** Takes the earliest value. */
  pop(): T | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) this.#sink(last);
    return first.value;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #sink(item: Item<T>): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      const isRight = right !== undefined && right.due < left.due;
      if (isRight) child += 1;
      const least = isRight ? right : left;
      if (least.due >= item.due) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = item;
  }
}
