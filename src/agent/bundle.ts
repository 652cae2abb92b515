import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentSettings, CONFIG_KEY, SETTINGS_KEY } from '../api/node-config.ts';
import { ConfSyntaxError, parse } from '../conf/parse.ts';
import type { Conf } from '../conf/tree.ts';
import type { Problem } from './problem.ts';
import { parseSettings, SettingsInvalid } from './settings.ts';

/** The group's ConfigMap as it is mounted now; what of it can be used, or why nothing can. */
export type Bundle =
  | { readonly kind: 'bundle'; readonly settings: AgentSettings; readonly conf: Conf }
  | { readonly kind: 'unusable'; readonly revision: string | null; readonly problem: Problem };

/** Reads both keys from the same version of the mount: kubelet swaps the link `..data` from one folder to the next. */
export async function readBundle(configDir: string): Promise<Bundle> {
  const folder = await realpath(join(configDir, '..data')).catch(() => configDir);
  const texts = await Promise.all([CONFIG_KEY, SETTINGS_KEY].map((key) => readFile(join(folder, key), 'utf8').catch(() => null)));
  const [conf, settings] = texts;
  if (conf == null || settings == null)
    return unusable(
      null,
      'NoConfig',
      `the group's ConfigMap holds no ${conf == null ? CONFIG_KEY : SETTINGS_KEY} yet; the manager writes it`,
    );
  return bundleOf(conf, settings);
}

/** The bundle that the two texts are. */
export function bundleOf(confText: string, settingsText: string): Bundle {
  let settings: AgentSettings;
  try {
    settings = parseSettings(settingsText);
  } catch (error) {
    if (!(error instanceof SettingsInvalid)) throw error;
    return unusable(null, 'SettingsInvalid', error.message);
  }
  try {
    return { kind: 'bundle', settings, conf: parse(confText) };
  } catch (error) {
    if (!(error instanceof ConfSyntaxError)) throw error;
    return unusable(settings.revision, 'ConfigInvalid', `${CONFIG_KEY} of the group's ConfigMap, ${error.message}`);
  }
}

// --- internal ---

function unusable(revision: string | null, reason: Problem['reason'], message: string): Bundle {
  return { kind: 'unusable', revision, problem: { reason, message } };
}
