/** What the image came to on each processor, written down by `make architectures`; what README, chart and bundle say of processors is made of it. */
import { existsSync, readFileSync } from 'node:fs';
import { PROCESSORS } from '../../lab/images/processor.ts';

/** One image that was built and tried. */
export interface Architecture {
  /** As images name it, as in `ppc64le`. */
  readonly name: string;
  /** The Debian release that it is made of. */
  readonly debian: string;
  readonly node: string;
  readonly keepalived: string;
  readonly megabytes: number;
  /** Whether its programs ran on such a processor, or under QEMU. */
  readonly ran: 'natively' | 'emulated';
  /** keepalived.conf files that its keepalived took. */
  readonly files: number;
}

/** One that is made, but was not tried since it was written down what is. */
export interface Untried {
  readonly name: string;
  readonly ran: 'not tried';
}

export const ARCHITECTURES_FILE = 'image/architectures.json';
export const tried = (): readonly Architecture[] =>
  existsSync(ARCHITECTURES_FILE) ? JSON.parse(readFileSync(ARCHITECTURES_FILE, 'utf8')) : [];

/** Every image that a release makes, with what it came to. */
export function architectures(known = tried()): readonly (Architecture | Untried)[] {
  return Object.keys(PROCESSORS).map((name) => known.find((one) => one.name === name) ?? { name, ran: 'not tried' });
}

/** A Markdown table, a line for each image. */
export function architectureTable(all: readonly (Architecture | Untried)[]): string {
  const lines = all.map((one) => `| ${one.name} | ${one.ran} | ${one.ran === 'not tried' ? ' | ' : came(one)} |`);
  return ['| processor | how it ran | what is in the image | what ran |', '|---|---|---|---|', ...lines].join('\n');
}

/** A file's text with the table between its marks, with the names in the sentence that begins so, and with a bundle's labels. */
export function withArchitectures(text: string, all: readonly (Architecture | Untried)[] = architectures()): string {
  const labels = all.map(({ name }) => `    operatorframework.io/arch.${name}: supported\n`).join('');
  return text
    .replace(
      /(<!-- architectures: make architectures -->\n)[\s\S]*?(<!-- end of the architectures -->)/,
      `$1\n${architectureTable(all)}\n\n$2`,
    )
    .replace(/(?<=Images are made for ).*?(?=\.( |\n))/g, sentence(all))
    .replace(/(?: {4}operatorframework\.io\/arch\.\w+: supported\n)*(?= {4}operatorframework\.io\/os\.)/, labels);
}

// --- internal ---

function came({ debian, node, keepalived, megabytes, files }: Architecture): string {
  const what = `every program started; the same plan of 520 Services as on the machine that built it; ${files} keepalived.conf files accepted`;
  return `Debian ${debian}, Node ${node}, keepalived ${keepalived}; ${megabytes} MB | ${what}`;
}

/** As in `amd64 (run natively); arm64 and s390x (started under emulation only)`. */
function sentence(all: readonly (Architecture | Untried)[]): string {
  const named = (ran: (typeof all)[number]['ran']): string => listed(all.filter((one) => one.ran === ran).map(({ name }) => name));
  const parts = [
    [named('natively'), 'run natively'],
    [named('emulated'), 'started under emulation only'],
    [named('not tried'), 'not tried'],
  ];
  return parts.flatMap(([names, how]) => (names === '' ? [] : `${names} (${how})`)).join('; ');
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
