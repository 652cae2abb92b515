import { type AgentSettings, SETTINGS_KEY } from '../../api/node/config.ts';
import { isRecord } from '../../api/record.ts';
import type { KubeObject } from '../../kube/object.ts';
import { byText } from '../../net/text-order.ts';
import type { Plan } from '../../plan/plan.ts';
import { renderConfig } from '../../render/config.ts';

/**
 * The plan to write: where it differs from what is written only in that the nodes have let go of addresses, the written one stays. Nobody
 * needs to be told of that; the next change takes these addresses out.
 */
export function settled(fresh: Plan, configMap: KubeObject | undefined): Plan {
  if (fresh.letGo.length === 0) return fresh;
  const asWritten = { ...fresh, released: [...fresh.released, ...fresh.letGo].sort(byText) };
  return renderConfig(asWritten)?.revision === settingsIn(configMap)?.revision ? asWritten : fresh;
}

/** The addresses that the ConfigMap gives as released. */
export function releasedIn(configMap: KubeObject | undefined): readonly string[] {
  const released = settingsIn(configMap)?.released;
  return Array.isArray(released) ? released.filter((address) => typeof address === 'string') : [];
}

// --- internal ---

/** Anyone may have changed it: what can't be read says nothing. */
function settingsIn(configMap: KubeObject | undefined): Partial<AgentSettings> | undefined {
  const { data = {} } = (configMap ?? {}) as { readonly data?: Readonly<Record<string, string>> };
  try {
    const settings: unknown = JSON.parse(data[SETTINGS_KEY] ?? '');
    return isRecord(settings) ? settings : undefined;
  } catch {
    return undefined;
  }
}
