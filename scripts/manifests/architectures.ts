/** What the image came to on each processor, written down by `make architectures`; what README, chart and bundle say of processors is made of it. */
import { existsSync, readFileSync } from 'node:fs';

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

export const ARCHITECTURES_FILE = 'image/architectures.json';
export const architectures = (): readonly Architecture[] =>
  existsSync(ARCHITECTURES_FILE) ? JSON.parse(readFileSync(ARCHITECTURES_FILE, 'utf8')) : [];

/** A Markdown table, a line for each image. */
export function architectureTable(all: readonly Architecture[]): string {
  const lines = all.map(
    ({ name, debian, node, keepalived, megabytes, ran, files }) =>
      `| ${name} | ${ran} | Debian ${debian}, Node ${node}, keepalived ${keepalived}; ${megabytes} MB | every program started; the same plan of 520 Services as on the machine that built it; ${files} keepalived.conf files accepted |`,
  );
  return ['| processor | how it ran | what is in the image | what ran |', '|---|---|---|---|', ...lines].join('\n');
}

/** A file's text with the table between its marks, with the names in the sentence that begins so, and with a bundle's labels. */
export function withArchitectures(text: string, all: readonly Architecture[] = architectures()): string {
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

/** As in `amd64 (run natively); arm64 and s390x (started under emulation only)`. */
function sentence(all: readonly Architecture[]): string {
  const named = (ran: Architecture['ran']): string => listed(all.filter((one) => one.ran === ran).map(({ name }) => name));
  const parts = [
    [named('natively'), 'run natively'],
    [named('emulated'), 'started under emulation only'],
  ];
  return parts.flatMap(([names, how]) => (names === '' ? [] : `${names} (${how})`)).join('; ');
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
