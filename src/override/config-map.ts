import type { KubernetesObject } from '../api/core.ts';
import { type AgentSettings, CONFIG_KEY, SETTINGS_KEY } from '../api/node-config.ts';
import type { Problem } from '../api/problem.ts';
import { ConfSyntaxError, parse } from '../conf/parse.ts';
import { print, UnprintableWord } from '../conf/print.ts';
import type { Conf, Statement } from '../conf/tree.ts';
import { parseAddress } from '../net/address.ts';
import { stableHash } from '../net/hash.ts';
import type { Plan } from '../plan/plan.ts';
import { confOf, type NodeConfig, renderConfig } from '../render/config.ts';
import { familiesApart } from './families.ts';
import { withoutHealthScripts } from './health-script.ts';
import { templateProblem } from './template-problem.ts';

/** The group's ConfigMap, or why there can be none. */
export type OwnConfigMap =
  | { readonly kind: 'made'; readonly object: KubernetesObject; readonly config: NodeConfig; readonly problems: readonly Problem[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The group's ConfigMap as a template made it, with the plan's settings for the agents. Its keepalived.conf is read as a tree and printed
 * again: what isn't read as it was meant is refused, with its line and column. The password's place is left to the agents.
 */
export function ownConfigMap(own: KubernetesObject, plan: Plan): OwnConfigMap {
  const { data = {} } = own as { readonly data?: Readonly<Record<string, unknown>> };
  const text = data[CONFIG_KEY];
  if (typeof text !== 'string') return { kind: 'refused', reason: `ConfigMap ${own.metadata.name} of the template holds no ${CONFIG_KEY}` };
  const native = renderConfig(plan);
  if (native === undefined) return { kind: 'refused', reason: 'the group names no interface' };
  try {
    const conf = accepted(parse(text), plan);
    const config = besideSettings(print(conf), native);
    const object = { ...own, data: { ...data, ...config.data } };
    return { kind: 'made', object, config, problems: missingAddresses(conf, plan) };
  } catch (error) {
    if (error instanceof ConfSyntaxError || error instanceof UnprintableWord)
      return { kind: 'refused', reason: `${CONFIG_KEY} of the template: ${error.message}` };
    throw error;
  }
}

// --- internal ---

function accepted(conf: Conf, plan: Plan): Conf {
  const trackFiles = confOf(plan).filter(({ keyword }) => keyword === 'vrrp_track_file');
  const unscripted = familiesApart(withoutHealthScripts(conf, trackFiles));
  return plan.password === undefined ? unscripted : unscripted.map(withoutPassword);
}

function withoutPassword(statement: Statement): Statement {
  if (statement.keyword !== 'vrrp_instance') return statement;
  return { ...statement, block: (statement.block ?? []).filter(({ keyword }) => keyword !== 'authentication') };
}

/** The revision is made as that of a native configuration, so the same text has the same one. */
function besideSettings(conf: string, native: NodeConfig): NodeConfig {
  const { revision: _, ...content }: AgentSettings = JSON.parse(native.data[SETTINGS_KEY] ?? '');
  const revision = stableHash(`${conf}\n${JSON.stringify(content)}`);
  return { revision, data: { [CONFIG_KEY]: conf, [SETTINGS_KEY]: `${JSON.stringify({ ...content, revision }, null, 2)}\n` } };
}

const SHOWN = 5;

/** The truth about a configuration that someone else wrote: which addresses of the plan it lacks. */
function missingAddresses(conf: Conf, plan: Plan): Problem[] {
  const carried = new Set(addressesIn(conf));
  const missing = plan.routers.flatMap(({ addresses }) => addresses).filter((address) => !carried.has(address));
  if (missing.length === 0) return [];
  const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : '';
  const message = `${CONFIG_KEY} of the template lacks ${missing.slice(0, SHOWN).join(', ')}${more}; give each of .Services its vrrp_instance, or print .Blocks`;
  return [templateProblem(plan, 'TemplateAddressMissing', message)];
}

function addressesIn(conf: Conf): string[] {
  const lists = conf.flatMap(({ block = [] }) => block).filter(({ keyword }) => keyword.startsWith('virtual_ipaddress'));
  return lists.flatMap(({ block = [] }) => block).flatMap(({ keyword }) => parseAddress(keyword.split('/', 1)[0] ?? '')?.text ?? []);
}
