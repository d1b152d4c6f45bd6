/** What must be done to take back the turns that are under way; turns may stand inside turns. */
export class UndoLog {
  readonly #steps: (() => void)[] = [];
  #depth = 0;

  get isOpen(): boolean {
    return this.#depth > 0;
  }

  record(undo: () => void): void {
    if (this.#depth > 0) this.#steps.push(undo);
  }

  /** Runs the work; when it throws, everything that it recorded is undone and the error goes on. */
  run<T>(work: () => T): T {
    const mark = this.#steps.length;
    this.#depth += 1;
    try {
      return work();
    } catch (error) {
      while (this.#steps.length > mark) this.#steps.pop()?.();
      throw error;
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#steps.length = 0;
    }
  }
}
