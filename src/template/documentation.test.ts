import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DATA } from '../../test/conformance/template/data.ts';
import { LIMITS } from './budget.ts';
import { compareText } from './data/value.ts';
import { BUILTIN_NAMES } from './function/builtin.ts';
import { renderTemplate } from './render-template.ts';
import { MAX_TEMPLATE_LENGTH, parseTemplate } from './syntax/parser.ts';
import { MAX_NESTING } from './syntax/token-reader.ts';

const PAGE = readFileSync(new URL('../../docs/reference/custom-template.md', import.meta.url), 'utf8');
const section = (title: string): string => PAGE.split(/^## /m).find((part) => part.startsWith(title)) ?? '';
const fenced = (language: string): string => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(PAGE)?.[1] ?? '';

describe('the reference page of custom templates', () => {
  it('lists the functions there are, and no others', () => {
    const firstColumn = section('Functions').matchAll(/^\| (`.*?`) \|/gm);
    const named = [...firstColumn].flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name));
    expect(named.sort()).toEqual([...BUILTIN_NAMES].sort());
  });

  it('says the limits', () => {
    const numbers = [...section('Limits').matchAll(/\d+/g)].map(([digits]) => Number(digits));
    expect(numbers).toEqual([MAX_TEMPLATE_LENGTH, MAX_NESTING, LIMITS.steps, LIMITS.characters, LIMITS.depth]);
  });

  it('has an example that makes what it says', () => {
    const { text, problems } = renderTemplate(parseTemplate(fenced('gotemplate')), DATA, compareText);
    expect({ text, problems }).toEqual({ text: fenced('text'), problems: [] });
  });
});
