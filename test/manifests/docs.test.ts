import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { anchors, blocks, html, markup, tables } from '../../scripts/pages/markdown.ts';
import { htmlFile, PAGES, pageHtml } from '../../scripts/pages/page.ts';

/** Characters that a code block has room for on GitHub; a longer line has to be scrolled to be read. */
const ROOM = 112;

const textOf = (page: string): string => readFileSync(page, 'utf8');
const rendered = new Map(PAGES.map((page) => [htmlFile(page), pageHtml(page, textOf(page))]));

describe.each(PAGES)('%s', (page) => {
  const own = rendered.get(htmlFile(page)) ?? '';

  it('has no dead link, no dead anchor and no missing picture', () =>
    expect(attributes(own, /(?:href|src)/).flatMap((address) => whyDead(htmlFile(page), address))).toEqual([]));

  it('is shown without a trace of Markdown', () => expect(prose(own).match(/`|\*\*|\]\(|\]\[|^\s*(?:\||#{1,6} ).*$/gm)).toBeNull());

  it('has no HTML, of which GitHub shows only some', () => expect(markup(textOf(page))).toEqual([]));

  it('has tables whose rows all have the same number of cells', () =>
    expect(tables(page, textOf(page)).filter(({ cells }) => new Set(cells).size > 1)).toEqual([]));

  it('has code that is read without scrolling', () =>
    expect(
      blocks(page, textOf(page)).flatMap(({ place, text }) =>
        text.split('\n').flatMap((line) => (line.length > ROOM ? `${place}: ${line}` : [])),
      ),
    ).toEqual([]));

  it('has blocks of YAML that parse', () => {
    const broken = blocks(page, textOf(page))
      .filter(({ info }) => info.startsWith('yaml'))
      .flatMap(({ place, text }) => parseAllDocuments(text).flatMap(({ errors }) => errors.map(({ message }) => `${place}: ${message}`)));
    expect(broken).toEqual([]);
  });
});

describe('the reference', () => {
  it.each([
    [
      'flag and variable of the manager',
      'src/main/manager-options.ts',
      /'(--[a-z-]+)|environment\.([A-Z_]+)/g,
      'docs/reference/manager.md',
    ],
    ['metric of the manager', 'src/**/*.ts', /\b(keepalived_operator_[a-z_]+)/g, 'docs/reference/manager.md'],
    ['metric of the agent', 'src/**/*.ts', /\b(keepalived_(?:instance|agent)_[a-z_]+)/g, 'docs/reference/agent-metrics.md'],
  ])('has each %s', (_, sources, name, page) => {
    const files = globSync(sources).filter((file) => !file.endsWith('.test.ts'));
    const names = new Set(files.flatMap((file) => [...textOf(file).matchAll(name)].map(([, one, other]) => one ?? other ?? '')));
    expect(names.size).toBeGreaterThan(0);
    expect([...names].filter((each) => !textOf(page).includes(`\`${each}`))).toEqual([]);
  });
});

describe('a page of Markdown', () => {
  it.each([
    ['## What it does when things fail', 'what-it-does-when-things-fail'],
    ['## `externalTrafficPolicy: Local`', 'externaltrafficpolicy-local'],
    ['## MetalLB, kube-vip & others', 'metallb-kube-vip--others'],
    ['## The [lab](x.md)', 'the-lab'],
  ])('has for the heading %s the anchor %s', (heading, anchor) => expect([...anchors(heading)]).toEqual([anchor]));

  it('numbers headings that are the same', () => expect([...anchors('# A\n# A\n# A')]).toEqual(['a', 'a-1', 'a-2']));

  it('has no links and no headings in code', () => {
    const text = '```\n# no heading\n[no](link.md)\n```\n`[no](link.md)` [a](b.md#c)';
    expect([...anchors(text)]).toEqual([]);
    expect(attributes(html(text, String), /href/)).toEqual(['b.md#c']);
  });

  it('gives code blocks without the indentation of their list', () =>
    expect(blocks('x.md', '- a\n  ```yaml fragment\n  b:\n    c: 1\n  ```\n')).toEqual([
      { place: 'x.md:2', info: 'yaml fragment', text: 'b:\n  c: 1\n' },
    ]));

  it('is refused with a code block that has no end', () =>
    expect(() => blocks('x.md', 'a\n\n```\nb\n')).toThrow('x.md:3: the code block has no end'));

  it('tells of HTML, but not of comments', () => expect(markup('<!-- a -->\n\nan <NAME> and `<NAME>`')).toEqual(['<NAME>']));

  it('counts the cells of a table as they were written', () =>
    expect(tables('x.md', 'a\n\n| b | c |\n|---|---|\n| `d\\|e` |\n')).toEqual([{ place: 'x.md:3', cells: [2, 2, 1] }]));
});

describe('a page as HTML', () => {
  it.each([
    ['concepts.md#the-parts', 'concepts.html#the-parts'],
    ['../README.md', '../README.html'],
    ['#here', '#here'],
    ['images/concept.svg', '../../../docs/images/concept.svg'],
    ['https://keepalived.org', 'https://keepalived.org'],
  ])('leads for %s to %s', (target, address) =>
    expect(attributes(pageHtml('docs/x.md', `[a](${target})`), /href/)).toEqual(['../github-markdown.css', address]),
  );
});

// --- internal ---

const attributes = (page: string, name: RegExp): string[] =>
  [...page.matchAll(new RegExp(`\\s${name.source}="([^"]*)"`, 'g'))].map(([, value = '']) => value);

/** What is read of a page, its code aside. */
const prose = (page: string): string => page.replace(/<style>.*?<\/style>|<(pre|code)[ >].*?<\/\1>|<[^>]*>/gs, '');

/** Why an address of an HTML file leads nowhere; those elsewhere are not asked, only looked at. */
function whyDead(file: string, address: string): string[] {
  if (/^\w+:/.test(address)) return /^https?:/.test(address) && URL.canParse(address) ? [] : [`${address} is not an address of the web`];
  const [path = '', anchor] = address.split('#');
  const target = path === '' ? file : join(dirname(file), path);
  const page = rendered.get(target);
  if (page === undefined && !isThere(target)) return [`${target} does not exist`];
  if (anchor === undefined) return [];
  const ids = attributes(page ?? '', /id/);
  return ids.includes(anchor) ? [] : [`${target} has no heading ${anchor}; it has ${ids.join(', ')}`];
}

/** The style of the pages comes with them, from its package. */
const isThere = (file: string): boolean => file.endsWith('github-markdown.css') || existsSync(file);
