/** A parsed template. Every `offset` counts UTF-16 units from the start of the text. */
export interface Template {
  readonly text: string;
  readonly root: readonly Node[];
  /** What `define` and `block` named. */
  readonly templates: ReadonlyMap<string, readonly Node[]>;
}

export type Node =
  | { readonly kind: 'text'; readonly offset: number; readonly text: string }
  | { readonly kind: 'print'; readonly offset: number; readonly pipeline: Pipeline }
  | Control
  | { readonly kind: 'break' | 'continue'; readonly offset: number }
  | { readonly kind: 'template'; readonly offset: number; readonly name: string; readonly pipeline?: Pipeline };

export interface Control {
  readonly kind: 'if' | 'with' | 'range';
  readonly offset: number;
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

/** `$a, $b := command | command`: each command's value is the last argument of the next one. */
export interface Pipeline {
  readonly offset: number;
  readonly variables: readonly string[];
  /** The variables exist already (`=`), instead of beginning here (`:=`). */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

/** The first word is what is called, or the value itself; the others are arguments. */
export interface Command {
  readonly offset: number;
  readonly words: readonly [Word, ...Word[]];
}

export type Word =
  | { readonly kind: 'dot' | 'nil'; readonly offset: number }
  | { readonly kind: 'bool'; readonly offset: number; readonly value: boolean }
  | { readonly kind: 'string'; readonly offset: number; readonly value: string }
  | NumberWord
  | { readonly kind: 'field'; readonly offset: number; readonly names: readonly string[] }
  | { readonly kind: 'variable'; readonly offset: number; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: 'function'; readonly offset: number; readonly name: string }
  | { readonly kind: 'pipeline'; readonly offset: number; readonly pipeline: Pipeline; readonly names: readonly string[] };

/** Go's constants have no type of their own: `4.0` serves where an integer is wanted. */
export interface NumberWord {
  readonly kind: 'number';
  readonly offset: number;
  readonly value: number;
  /** Written with a point or an exponent: a float wherever the type is free. */
  readonly float: boolean;
}
