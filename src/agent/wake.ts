/** A wait that can be ended early; calls while nobody waits end the next wait at once. */
export class Wake {
  #pending = false;
  #end: (() => void) | null = null;

  /** Ends the wait. */
  poke(): void {
    this.#pending = true;
    this.#end?.();
  }

  /** Resolves at a poke or after so many milliseconds; true for a poke. */
  wait(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end?.(), milliseconds);
      this.#end = () => {
        clearTimeout(timer);
        this.#end = null;
        const poked = this.#pending;
        this.#pending = false;
        resolve(poked);
      };
      if (this.#pending) this.#end();
    });
  }
}
