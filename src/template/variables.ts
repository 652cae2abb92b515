import type { Value } from './data/value.ts';
import { Refusal } from './template-error.ts';

/** The variables of one template's execution, innermost last; `$` is what the template was given. */
export class Variables {
  readonly #stack: { readonly name: string; value: Value }[];

  constructor(root: Value) {
    this.#stack = [{ name: '$', value: root }];
  }

  declare(name: string, value: Value): void {
    this.#stack.push({ name, value });
  }

  assign(name: string, value: Value): void {
    this.#find(name).value = value;
  }

  /** New values for the variables declared last, in the order of their declaration. */
  renew(values: readonly Value[]): void {
    const start = this.#stack.length - values.length;
    for (const [at, value] of values.entries()) {
      const variable = this.#stack[start + at];
      if (variable !== undefined) variable.value = value;
    }
  }

  get(name: string): Value {
    return this.#find(name).value;
  }

  /** What begins within `run` ends with it. */
  scope<Result>(run: () => Result): Result {
    const known = this.#stack.length;
    const result = run();
    this.#stack.length = known;
    return result;
  }

  // --- internal ---

  #find(name: string) {
    const variable = this.#stack.findLast((known) => known.name === name);
    if (variable === undefined) throw new Refusal(`the variable ${name} has no value here`);
    return variable;
  }
}
