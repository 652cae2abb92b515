import type { Budget } from './budget.ts';
import { typeName } from './data/type.ts';
import { checked, entriesOf, indirect, isTrue, itemsOf, NO_VALUE, numberIn, ofInt, ofText, type Value } from './data/value.ts';
import { Expressions } from './expressions.ts';
import type { CallContext } from './function/call-context.ts';
import { printed } from './function/print.ts';
import type { Control, Node, Template } from './syntax/tree.ts';
import { Refusal } from './template-error.ts';
import { Variables } from './variables.ts';

/** One execution of a template by the rules of text/template. */
export class Evaluation {
  readonly #template: Template;
  readonly #budget: Budget;
  readonly #expressions: Expressions;
  readonly #pieces: string[] = [];

  /** `context.spend` counts on the same budget. */
  constructor(template: Template, root: Value, budget: Budget, context: CallContext) {
    this.#template = template;
    this.#budget = budget;
    this.#expressions = new Expressions(new Variables(root), budget, context);
  }

  /** Where it is, in UTF-16 units of the template's text. */
  get offset(): number {
    return this.#expressions.offset;
  }

  /** The text; throws `Refusal` at `offset`. */
  run(root: Value): string {
    this.#walkAll(this.#template.root, root);
    return this.#pieces.join('');
  }

  #walkAll(nodes: readonly Node[], dot: Value): Outcome {
    return this.#budget.deeper(() => {
      for (const node of nodes) {
        const outcome = this.#walk(node, dot);
        if (outcome !== 'done') return outcome;
      }
      return 'done';
    });
  }

  #walk(node: Node, dot: Value): Outcome {
    this.#expressions.at(node.offset);
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return 'done';
      case 'print': {
        const value = this.#expressions.pipeline(node.pipeline, dot);
        this.#expressions.at(node.pipeline.offset);
        if (node.pipeline.variables.length === 0) this.#write(printed(value));
        return 'done';
      }
      case 'if':
      case 'with':
        return this.#expressions.variables.scope(() => this.#choose(node, dot));
      case 'range':
        return this.#expressions.variables.scope(() => this.#range(node, dot));
      case 'template':
        return this.#callTemplate(node, dot);
      default:
        return node.kind;
    }
  }

  #choose({ kind, pipeline, body, otherwise }: Control, dot: Value): Outcome {
    const value = this.#expressions.pipeline(pipeline, dot);
    if (!isTrue(value)) return this.#walkAll(otherwise, dot);
    return this.#walkAll(body, kind === 'with' ? value : dot);
  }

  #range(node: Control, dot: Value): Outcome {
    const value = indirect(this.#expressions.pipeline(node.pipeline, dot));
    this.#expressions.at(node.pipeline.offset);
    let turns = 0;
    for (const [key, element] of this.#turns(value, node.pipeline.variables.length)) {
      this.#budget.step();
      turns += 1;
      const outcome = this.#expressions.variables.scope(() => this.#turn(node, key, element));
      if (outcome === 'break') break;
    }
    return turns === 0 ? this.#walkAll(node.otherwise, dot) : 'done';
  }

  #turn({ pipeline: { variables, assigns }, body }: Control, key: Value, element: Value): Outcome {
    const values = variables.length > 1 ? [key, element] : [element];
    if (assigns) for (const [at, name] of variables.entries()) this.#expressions.variables.assign(name, values[at] ?? NO_VALUE);
    else this.#expressions.variables.renew(values.slice(0, variables.length));
    return this.#walkAll(body, element);
  }

  /** Index and element of each turn, maps in the order of their keys. */
  *#turns(value: Value, variables: number): Generator<readonly [Value, Value]> {
    switch (value.type.kind) {
      case 'nil':
        return;
      case 'int':
        if (variables > 1) throw new Refusal('a range over a number has one variable');
        for (let at = 0; at < numberIn(value); at += 1) yield [NO_VALUE, { type: value.type, raw: at }];
        return;
      case 'slice':
        for (const [at, raw] of itemsOf(value).entries()) yield [ofInt(at), checked({ type: value.type.element, raw }, 'an element')];
        return;
      case 'map': {
        const entries = entriesOf(value);
        this.#budget.step(entries.length);
        for (const [key, raw] of entries) yield [ofText(key), checked({ type: value.type.element, raw }, key)];
        return;
      }
      default:
        throw new Refusal(`a range wants a slice, a map or a number, found ${typeName(value.type)}`);
    }
  }

  /** A named template sees its argument as `.` and `$`, and none of the caller's variables. */
  #callTemplate(node: Extract<Node, { kind: 'template' }>, dot: Value): Outcome {
    const nodes = this.#template.templates.get(node.name);
    if (nodes === undefined) throw new Refusal(`there is no template ${JSON.stringify(node.name)}`);
    const argument = node.pipeline === undefined ? NO_VALUE : this.#expressions.pipeline(node.pipeline, dot);
    const outer = this.#expressions.variables;
    this.#expressions.variables = new Variables(argument);
    this.#walkAll(nodes, argument);
    this.#expressions.variables = outer;
    return 'done';
  }

  #write(text: string): void {
    this.#budget.make(text.length);
    this.#pieces.push(text);
  }
}

// --- internal ---

type Outcome = 'done' | 'break' | 'continue';
