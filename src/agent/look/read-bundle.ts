import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_KEY, SETTINGS_KEY } from '../../api/node/config.ts';
import { type Bundle, bundleOf, unusable } from '../../localise/bundle.ts';

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
