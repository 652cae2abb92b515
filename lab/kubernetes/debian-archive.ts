import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '../machine/progress.ts';
import { run } from '../machine/run.ts';

const SUITE = 'bookworm';
const MIRROR = 'http://deb.debian.org/debian';
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Fetches packages of Debian 12 (`binary`) and the parts of source packages (`source`) into a folder, whichever Debian this is.
 * Checked by apt against Debian's keys; apt's own configuration, lists and installed packages stay as they are.
 */
export async function fetchFromDebian12(
  wanted: { readonly binary: readonly string[]; readonly source: readonly string[] },
  folder: string,
  step: Step,
): Promise<void> {
  const apt = (parameters: readonly string[]) =>
    run(['apt-get', '--quiet', ...privateState(folder), ...parameters], {
      cwd: folder,
      env: { LC_ALL: 'C.UTF-8' },
      log: step.log,
      onLine: (line) => step.say(line.slice(0, 60)),
    });
  await apt(['update']);
  await apt(['source', '--download-only', ...wanted.source]);
  await apt(['download', ...wanted.binary]);
}

// --- internal ---

/** Options of apt.conf(5) by which it reads and writes nothing outside of the folder but how to reach the network. */
function privateState(folder: string): string[] {
  const state = join(folder, 'apt');
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(state, name), { recursive: true });
  const line = `[signed-by=${KEYS}] ${MIRROR} ${SUITE} main`;
  writeFileSync(join(state, 'sources.list'), `deb ${line}\ndeb-src ${line}\n`);
  const options = {
    'Dir::Etc::SourceList': join(state, 'sources.list'),
    'Dir::Etc::SourceParts': '-',
    'Dir::Etc::Preferences': '-',
    'Dir::Etc::PreferencesParts': '-',
    'Dir::State': state,
    'Dir::State::Lists': join(state, 'lists'),
    'Dir::State::Status': '/dev/null',
    'Dir::Cache': join(state, 'cache'),
    'APT::Sandbox::User': 'root',
  };
  return Object.entries(options).flatMap(([name, value]) => ['--option', `${name}=${value}`]);
}
