/** Text of SVG: elements, and the look of all plots. */

export type Attributes = Readonly<Record<string, string | number>>;

/** An element around others; coordinates have one decimal. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly string[]): string {
  const words = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? Number(value.toFixed(1)) : escaped(value)}"`,
  );
  return children.length === 0 ? `<${name}${words.join('')}/>` : `<${name}${words.join('')}>${children.join('')}</${name}>`;
}

/** A line of text at a place. */
export const label = (x: number, y: number, text: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escaped(text));

/** Of how many series the look differs by colour; by their mark all differ that a plot has room for. */
export const COLOURS = 4;

export interface Drawing {
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly content: readonly string[];
}

/** A whole file, on a ground of its own in light and in dark. */
export function svg({ title, description, width, height, content }: Drawing): string {
  const about = [element('title', { id: 'title' }, escaped(title)), element('desc', { id: 'description' }, escaped(description))];
  const ground = element('rect', { class: 'ground', x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 6 });
  const heading = label(16, 28, title, { class: 'title' });
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'aria-labelledby': 'title description',
  };
  return `${element('svg', attributes, ...[...about, `<style>${STYLE}</style>`, ground, heading, ...content].map((part) => `\n${part}`), '\n')}\n`;
}

// --- internal ---

const LIGHT = { ground: '#ffffff', text: '#1f2328', grid: '#d1d9e0', series: ['#0969da', '#bc4c00', '#1a7f37', '#8250df'] };
const DARK = { ground: '#0d1117', text: '#f0f6fc', grid: '#3d444d', series: ['#58a6ff', '#f0883e', '#3fb950', '#bc8cff'] };

const colours = ({ ground, text, grid, series }: typeof LIGHT): string =>
  [
    `.ground{fill:${ground};stroke:${grid}}text{fill:${text}}.grid{stroke:${grid}}`,
    ...series.map((colour, index) => `.s${index}{fill:${colour};stroke:${colour}}`),
  ].join('');

const STYLE = [
  'text{font:13px system-ui,sans-serif}.title{font-size:15px;font-weight:600}.axis{font-weight:600}',
  colours(LIGHT),
  `@media(prefers-color-scheme:dark){${colours(DARK)}}`,
  // After the colours, of which these take something away.
  '.line{fill:none;stroke-width:2}.band{fill-opacity:.2;stroke:none}.dot{fill-opacity:.4;stroke:none}.median{stroke-width:3}',
].join('');

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
