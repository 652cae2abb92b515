import type { Budget } from './budget.ts';
import { INT, STRING, typeName } from './data/type.ts';
import { fieldOf, isNil, isTrue, itemsOf, NO_VALUE, ofBool, ofFloat, ofInt, ofText, textOf, type Value } from './data/value.ts';
import { BUILTINS, type Parameter } from './function/builtin.ts';
import type { CallContext } from './function/call-context.ts';
import type { Command, Pipeline, Word } from './syntax/tree.ts';
import { Refusal } from './template-error.ts';
import type { Variables } from './variables.ts';

/** What the expressions of one execution come to, by the rules of text/template. */
export class Expressions {
  /** Those that can be seen where the evaluation is. */
  variables: Variables;
  /** Where the evaluation is, in UTF-16 units of the template's text. */
  offset = 0;
  readonly #budget: Budget;
  readonly #context: CallContext;

  constructor(variables: Variables, budget: Budget, context: CallContext) {
    this.variables = variables;
    this.#budget = budget;
    this.#context = context;
  }

  /** Goes on to what is there in the text. */
  at(offset: number): void {
    this.offset = offset;
    this.#budget.step();
  }

  /** The value of a pipeline, and its variables set. */
  pipeline(pipeline: Pipeline, dot: Value): Value {
    return this.#budget.deeper(() => {
      let value: Value | undefined;
      for (const command of pipeline.commands) value = this.#command(command, dot, value);
      const result = value ?? NO_VALUE;
      for (const name of pipeline.variables) this.variables[pipeline.assigns ? 'assign' : 'declare'](name, result);
      return result;
    });
  }

  /** `piped` is the value of the command before the pipe, if there is one. */
  #command({ words: [first, ...more] }: Command, dot: Value, piped: Value | undefined): Value {
    this.at(first.offset);
    if (first.kind === 'function') return this.#call(first, more, dot, piped);
    if (first.kind === 'nil') throw new Refusal('nil is not a value to begin with');
    return this.#word(first, dot, more.length > 0 || piped !== undefined);
  }

  #word(word: Word, dot: Value, hasArguments = false): Value {
    this.at(word.offset);
    if (word.kind === 'field') return this.#chain(dot, word.names, hasArguments);
    if ((word.kind === 'variable' || word.kind === 'pipeline') && word.names.length > 0) {
      const receiver = word.kind === 'variable' ? this.variables.get(word.name) : this.pipeline(word.pipeline, dot);
      this.offset = word.offset;
      return this.#chain(receiver, word.names, hasArguments);
    }
    if (hasArguments) throw new Refusal('only a function takes arguments');
    return this.#simple(word, dot);
  }

  #simple(word: Word, dot: Value): Value {
    switch (word.kind) {
      case 'dot':
        return dot;
      case 'bool':
        return ofBool(word.value);
      case 'string':
        return ofText(word.value);
      case 'number':
        return word.float ? ofFloat(word.value) : ofInt(word.value);
      case 'variable':
        return this.variables.get(word.name);
      case 'pipeline':
        return this.pipeline(word.pipeline, dot);
      case 'function':
        return this.#call(word, [], dot, undefined);
      default:
        return NO_VALUE;
    }
  }

  #chain(receiver: Value, names: readonly string[], hasArguments: boolean): Value {
    let value = receiver;
    for (const [at, name] of names.entries()) {
      if (hasArguments && at === names.length - 1 && value.type.kind !== 'nil') throw new Refusal(`.${name} takes no arguments`);
      value = fieldOf(value, name);
    }
    return value;
  }

  #call(word: Extract<Word, { kind: 'function' }>, more: readonly Word[], dot: Value, piped: Value | undefined): Value {
    const { name } = word;
    const count = more.length + (piped === undefined ? 0 : 1);
    if (name === 'and' || name === 'or') {
      if (count === 0) throw new Refusal(`${name} wants an argument`);
      return this.#decide(name, more, dot, piped);
    }
    const builtin = BUILTINS.get(name);
    if (builtin === undefined) throw new Refusal(`there is no function ${name}`);
    const { parameters, rest } = builtin;
    if (count < parameters.length || (rest === undefined && count > parameters.length))
      throw new Refusal(`${name} wants ${rest === undefined ? '' : 'at least '}${parameters.length} arguments, found ${count}`);
    const parameterAt = (at: number): Parameter => parameters[at] ?? rest ?? 'any';
    const values = more.map((argument, at) => this.#argument(argument, parameterAt(at), dot, name));
    if (piped !== undefined) values.push(fitting(piped, parameterAt(values.length), name));
    this.at(word.offset);
    return this.#accounted(builtin.call(values, this.#context), values);
  }

  /** `and` gives its first false argument, `or` its first true one, else the last; what follows is not evaluated. */
  #decide(name: 'and' | 'or', more: readonly Word[], dot: Value, piped: Value | undefined): Value {
    let value = NO_VALUE;
    for (const argument of more) {
      value = this.#word(argument, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped ?? value;
  }

  #argument(word: Word, parameter: Parameter, dot: Value, called: string): Value {
    this.at(word.offset);
    if (word.kind === 'number' && parameter === INT && Number.isInteger(word.value)) return ofInt(word.value);
    return fitting(this.#word(word, dot), parameter, called);
  }

  /** Long texts cost more than short ones, and what a function makes counts as if it were written. */
  #accounted(result: Value, values: readonly Value[]): Value {
    for (const value of values) this.#budget.step(Math.ceil(textOf(value).length / CHARACTERS_PER_STEP));
    if (result.type === STRING) this.#budget.make(textOf(result).length);
    if (result.type.kind === 'slice') this.#budget.step(itemsOf(result).length);
    return result;
  }
}

// --- internal ---

const CHARACTERS_PER_STEP = 64;

/** The value as the parameter wants it: a pointer gives what it points to, nil an empty slice. */
function fitting(value: Value, parameter: Parameter, called: string): Value {
  if (parameter === 'any') return value;
  const wanted = typeName(parameter);
  if (value.type.kind === 'nil' && parameter.kind === 'slice') return { type: parameter, raw: undefined };
  if (typeName(value.type) === wanted) return value;
  const { type } = value;
  if (type.kind === 'pointer' && typeName(type.to) === wanted && !isNil(value)) return { type: type.to, raw: value.raw };
  throw new Refusal(`${called} wants ${wanted}, found ${isNil(value) ? 'nil' : typeName(type)}`);
}
