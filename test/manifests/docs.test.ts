import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { anchors, blocks, links } from './markdown.ts';

const PAGES = [...globSync('*.md'), ...globSync('{docs,charts,test}/**/*.md')].sort();
const textOf = (page: string): string => readFileSync(page, 'utf8');

describe.each(PAGES)('%s', (page) => {
  it('has no dead link and no dead anchor', () => {
    expect(
      links(page, textOf(page)).flatMap(({ place, target }) => whyDead(page, target).map((why) => `${place}: ${target} ${why}`)),
    ).toEqual([]);
  });

  it('has blocks of YAML that parse', () => {
    const broken = blocks(page, textOf(page))
      .filter(({ info }) => info.startsWith('yaml'))
      .flatMap(({ place, text }) => parseAllDocuments(text).flatMap(({ errors }) => errors.map(({ message }) => `${place}: ${message}`)));
    expect(broken).toEqual([]);
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
    expect(links('x.md', text)).toEqual([{ place: 'x.md:5', target: 'b.md#c' }]);
  });
  it('gives code blocks without the indentation of their list', () =>
    expect(blocks('x.md', '- a\n  ```yaml fragment\n  b:\n    c: 1\n  ```\n')).toEqual([
      { place: 'x.md:2', info: 'yaml fragment', text: 'b:\n  c: 1\n' },
    ]));
});

// --- internal ---

/** Why a link leads nowhere; pages elsewhere are not asked, only their addresses are looked at. */
function whyDead(page: string, target: string): string[] {
  if (/^https?:/.test(target)) return URL.canParse(target) ? [] : ['is no URL'];
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(file)) return ['does not exist'];
  if (anchor === undefined) return [];
  if (statSync(file).isDirectory()) return ['is a folder'];
  return anchors(textOf(file)).has(anchor) ? [] : [`has no such heading; it has ${[...anchors(textOf(file))].join(', ')}`];
}
