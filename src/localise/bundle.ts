import { type AgentSettings, CONFIG_KEY } from '../api/node/config.ts';
import { ConfSyntaxError, parse } from '../conf/parse.ts';
import type { Conf } from '../conf/tree.ts';
import type { Problem } from './problem.ts';
import { parseSettings, SettingsInvalid } from './settings.ts';

/** The group's ConfigMap; what of it can be used, or why nothing can. */
export type Bundle =
  | { readonly kind: 'bundle'; readonly settings: AgentSettings; readonly conf: Conf }
  | { readonly kind: 'unusable'; readonly revision: string | null; readonly problem: Problem };

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

/** A group's ConfigMap that makes no file. */
export function unusable(revision: string | null, reason: Problem['reason'], message: string): Bundle {
  return { kind: 'unusable', revision, problem: { reason, message } };
}
