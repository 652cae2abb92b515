import { Refusal } from './template-error.ts';

/** How much one rendering may do; a template that would never end stops here with an error. */
export interface Limits {
  /** Actions, words, calls and turns of ranges, and reading of long texts. */
  readonly steps: number;
  /** Characters written, or made by functions on the way. */
  readonly characters: number;
  /** Actions within actions, through named templates too. */
  readonly depth: number;
}

/** About three seconds, and ten times the objects that a Kubernetes API server takes. */
export const LIMITS: Limits = { steps: 20_000_000, characters: 16 * 1024 * 1024, depth: 500 };

/** Counts down while a template is rendered; throws `Refusal` when a limit is passed. */
export class Budget {
  readonly #limits: Limits;
  #steps = 0;
  #characters = 0;
  #depth = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > this.#limits.steps)
      throw new Refusal(`the template takes more than ${this.#limits.steps} steps: does it repeat without end?`);
  }

  make(characters: number): void {
    this.#characters += characters;
    if (this.#characters > this.#limits.characters) throw new Refusal(`the template makes more than ${this.#limits.characters} characters`);
  }

  deeper<Result>(run: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > this.#limits.depth) throw new Refusal(`the template calls itself more than ${this.#limits.depth} levels deep`);
    const result = run();
    this.#depth -= 1;
    return result;
  }
}
