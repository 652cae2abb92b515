import { positionOf, TemplateError } from '../template-error.ts';
import { LexicalRefusal, lex, type Token } from './lexer.ts';
import { parsePipeline, stringOf } from './pipeline-parser.ts';
import { described, TokenReader } from './token-reader.ts';
import type { Control, Node, Template } from './tree.ts';

/** Length that a template may have, in UTF-16 units. */
export const MAX_TEMPLATE_LENGTH = 1024 * 1024;

/** The template that the text is; throws `TemplateError` (kind `parse`) for anything else. */
export function parseTemplate(text: string): Template {
  if (text.length > MAX_TEMPLATE_LENGTH)
    throw new TemplateError('parse', { line: 1, column: 1 }, `the template is longer than ${MAX_TEMPLATE_LENGTH} characters`);
  const parser = new Parser(new TokenReader(text, tokensOf(text)));
  const root = parser.parseRoot();
  return { text, root, templates: parser.templates };
}

// --- internal ---

type ListEnd = 'end' | 'else';

function tokensOf(text: string): Token[] {
  try {
    return lex(text);
  } catch (error) {
    if (error instanceof LexicalRefusal) throw new TemplateError('parse', positionOf(text, error.offset), error.message);
    throw error;
  }
}

/** The state of one parse: what was named so far, and how many ranges are open. */
class Parser {
  readonly templates = new Map<string, readonly Node[]>();
  readonly #reader: TokenReader;
  #ranges = 0;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  parseRoot(): Node[] {
    const nodes: Node[] = [];
    for (let token = this.#reader.take(); token.kind !== 'end'; token = this.#reader.take()) {
      if (token.kind === 'text') nodes.push({ kind: 'text', offset: token.offset, text: token.text });
      else {
        const define = this.#reader.takeIf('keyword', 'define');
        if (define === undefined) nodes.push(this.#parseAction(token.offset));
        else this.#parseDefinition(define);
      }
    }
    return nodes;
  }

  /** The nodes up to an `end` or `else`, which is taken with all but what follows an `else`. */
  #parseList(opened: Token): { nodes: Node[]; end: ListEnd } {
    const nodes: Node[] = [];
    for (let token = this.#reader.take(); token.kind !== 'end'; token = this.#reader.take()) {
      if (token.kind === 'text') nodes.push({ kind: 'text', offset: token.offset, text: token.text });
      else if (this.#reader.takeIf('keyword', 'else')) return { nodes, end: 'else' };
      else if (this.#reader.takeIf('keyword', 'end')) {
        this.#close('end');
        return { nodes, end: 'end' };
      } else nodes.push(this.#parseAction(token.offset));
    }
    return this.#reader.refuse(opened.offset, `this ${opened.text} has no {{end}}`);
  }

  #parseAction(offset: number): Node {
    const keyword = this.#reader.takeIf('keyword');
    switch (keyword?.text) {
      case undefined:
        return { kind: 'print', offset, pipeline: parsePipeline(this.#reader, 'command') };
      case 'if':
      case 'with':
      case 'range':
        return this.#reader.nested(offset, () => this.#parseControl(keyword));
      case 'break':
      case 'continue':
        return this.#parseJump(keyword);
      case 'template':
        return this.#parseCall(keyword);
      case 'block':
        return this.#parseBlock(keyword);
      default:
        return this.#reader.refuse(offset, `unexpected {{${keyword?.text}}}`);
    }
  }

  #parseControl(keyword: Token): Control {
    return this.#reader.scope(() => {
      const kind = keyword.text as Control['kind'];
      const pipeline = parsePipeline(this.#reader, kind);
      if (kind === 'range') this.#ranges += 1;
      const { nodes: body, end } = this.#parseList(keyword);
      if (kind === 'range') this.#ranges -= 1;
      const otherwise = end === 'else' ? this.#parseOtherwise(keyword) : [];
      return { kind, offset: keyword.offset, pipeline, body, otherwise };
    });
  }

  /** `{{else if ...}}` and `{{else with ...}}` share the `{{end}}` of the control they continue. */
  #parseOtherwise(keyword: Token): Node[] {
    const chained = keyword.text === 'range' ? undefined : this.#reader.takeIf('keyword', keyword.text);
    if (chained !== undefined) return [this.#reader.nested(chained.offset, () => this.#parseControl(chained))];
    this.#close('else');
    const { nodes, end } = this.#parseList(keyword);
    return end === 'end' ? nodes : this.#reader.refuse(this.#reader.peek().offset, `a second {{else}} for the same ${keyword.text}`);
  }

  #parseJump(keyword: Token): Node {
    const kind = keyword.text === 'break' ? 'break' : 'continue';
    this.#close(kind);
    if (this.#ranges === 0) this.#reader.refuse(keyword.offset, `{{${kind}}} stands in no range`);
    return { kind, offset: keyword.offset };
  }

  #parseCall(keyword: Token): Node {
    const name = this.#parseName(keyword);
    if (this.#reader.takeIf('close')) return { kind: 'template', offset: keyword.offset, name };
    return { kind: 'template', offset: keyword.offset, name, pipeline: parsePipeline(this.#reader, 'template') };
  }

  #parseBlock(keyword: Token): Node {
    const name = this.#parseName(keyword);
    const pipeline = parsePipeline(this.#reader, 'block');
    this.#parseNamed(keyword, name);
    return { kind: 'template', offset: keyword.offset, name, pipeline };
  }

  #parseDefinition(keyword: Token): void {
    const name = this.#parseName(keyword);
    this.#close('define');
    this.#parseNamed(keyword, name);
  }

  /** A body with its own variables and ranges. An empty one never replaces, and is replaced by, another of its name. */
  #parseNamed(keyword: Token, name: string): void {
    const ranges = this.#ranges;
    this.#ranges = 0;
    const { nodes, end } = this.#reader.nested(keyword.offset, () => this.#reader.freshScope(() => this.#parseList(keyword)));
    this.#ranges = ranges;
    if (end === 'else') this.#reader.refuse(keyword.offset, `a ${keyword.text} has no {{else}}`);
    const known = this.templates.get(name);
    if (known === undefined || isEmpty(known)) this.templates.set(name, nodes);
    else if (!isEmpty(nodes)) this.#reader.refuse(keyword.offset, `the template ${JSON.stringify(name)} is defined twice`);
  }

  #parseName(keyword: Token): string {
    const name = this.#reader.takeIf('string') ?? this.#reader.takeIf('raw-string');
    if (name !== undefined) return stringOf(this.#reader, name);
    return this.#reader.refuse(
      this.#reader.peek().offset,
      `expected a quoted name after ${keyword.text}, found ${described(this.#reader.peek())}`,
    );
  }

  #close(word: string): void {
    this.#reader.expect('close', `}} after ${word}`);
  }
}

const isEmpty = (nodes: readonly Node[]): boolean => nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
