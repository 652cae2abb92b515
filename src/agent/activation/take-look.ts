import type { AgentSettings } from '../../api/node/config.ts';
import { trackFileOf } from '../../localise/localise.ts';
import type { Look } from '../facts.ts';
import type { Checks } from '../observation/checks.ts';
import { interfacesNow } from '../observation/held-address.ts';
import { type Identity, readFacts } from '../observation/node-reader.ts';
import type { Paths } from '../paths.ts';
import type { RunCommand } from '../run-command.ts';
import { ensureTrackFile } from '../track-file.ts';
import { fileNow } from './conf-file.ts';
import { readBundle } from './read-bundle.ts';

export interface Eyes {
  readonly identity: Identity;
  /** By which the cluster knows the node. */
  readonly podAddresses: readonly string[];
  readonly paths: Paths;
  readonly run: RunCommand;
  readonly checks: Checks;
}

/** Looks at the mount, the daemon's file and the node. Health checks that are new have answered, if they do so in time. */
export async function takeLook({ identity, podAddresses, paths, run, checks }: Eyes): Promise<Look> {
  const bundle = await readBundle(paths.configDir);
  const settings = bundle.kind === 'bundle' ? bundle.settings : null;
  if (settings !== null) await ask(settings, paths, checks);
  const node = settings && (await readFacts(identity, { link: settings.link, passwordFile: paths.passwordFile }, run));
  return { bundle, node, file: await fileNow(paths), healthy: checks.healthy, interfaces: interfacesNow(), podAddresses, paths };
}

// --- internal ---

async function ask({ checks }: AgentSettings, paths: Paths, asked: Checks): Promise<void> {
  for (const { trackFile } of checks) await ensureTrackFile(trackFileOf(paths, trackFile));
  await asked.set(checks);
}
