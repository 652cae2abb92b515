import type { Bundle } from '../../localise/bundle.ts';
import { gradingsIn } from '../../localise/finding.ts';
import { fileNow } from '../activation/conf-file.ts';
import type { Look } from '../facts.ts';
import { ensureTrackFiles } from '../files/track-file.ts';
import type { Checks } from '../health/checks.ts';
import { interfacesNow } from '../observation/held-address.ts';
import { type Identity, readFacts } from '../observation/node-reader.ts';
import type { Paths } from '../paths.ts';
import type { RunCommand } from '../run-command.ts';
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
  if (bundle.kind === 'bundle') await ask(bundle, paths, checks);
  const node =
    settings &&
    (await readFacts(identity, { link: settings.link, virtualMac: settings.virtualMac, passwordFile: paths.passwordFile }, run));
  return { bundle, node, file: await fileNow(paths), healthy: checks.healthy, interfaces: interfacesNow(), podAddresses, paths };
}

// --- internal ---

type Usable = Extract<Bundle, { kind: 'bundle' }>;

async function ask({ settings, conf }: Usable, paths: Paths, asked: Checks): Promise<void> {
  await ensureTrackFiles(settings.checks, conf, paths);
  await asked.set(settings.checks, gradingsIn(conf));
}
