import type { AgentSettings } from '../../api/node/config.ts';
import { trackFileOf } from '../../localise/localise.ts';
import type { Checks } from '../observation/checks.ts';
import { interfacesNow, isPresent } from '../observation/held-address.ts';
import { type Identity, readFacts } from '../observation/node-reader.ts';
import type { Paths } from '../paths.ts';
import type { RunCommand } from '../run-command.ts';
import type { Look } from '../state.ts';
import { ensureTrackFile } from '../track-file.ts';
import { fileNow } from './conf-file.ts';
import { readBundle } from './read-bundle.ts';

export interface Eyes {
  readonly identity: Identity;
  readonly paths: Paths;
  readonly run: RunCommand;
  readonly checks: Checks;
}

/** Looks at the mount, the daemon's file and the node. Health checks that are new have answered, if they do so in time. */
export async function takeLook({ identity, paths, run, checks }: Eyes): Promise<Look> {
  const bundle = await readBundle(paths.configDir);
  const settings = bundle.kind === 'bundle' ? bundle.settings : null;
  if (settings !== null) await ask(settings, paths, checks);
  const node = settings && (await readFacts(identity, { link: settings.link, passwordFile: paths.passwordFile }, run));
  return { bundle, node, file: await fileNow(paths), healthy: checks.healthy, present: isPresent(interfacesNow()), paths };
}

// --- internal ---

async function ask({ checks }: AgentSettings, paths: Paths, asked: Checks): Promise<void> {
  for (const { trackFile } of checks) await ensureTrackFile(trackFileOf(paths, trackFile));
  await asked.set(checks);
}
