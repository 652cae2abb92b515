import type { KubernetesObject } from '../api/core.ts';
import { type AgentSettings, CONFIG_KEY, SETTINGS_KEY } from '../api/node/config.ts';
import type { Problem } from '../api/problem.ts';
import { ConfSyntaxError, parse } from '../conf/parse.ts';
import { print, UnprintableWord } from '../conf/print.ts';
import type { Conf, Statement } from '../conf/tree.ts';
import { parseAddress } from '../net/address.ts';
import { stableHash } from '../net/hash.ts';
import { HIGHEST_ID, isId, LOWEST_ID } from '../plan/ids/id-space.ts';
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
    const parsed = parse(text);
    const conf = accepted(parsed, plan);
    const config = besideSettings(print(conf), native);
    const object = { ...own, data: { ...data, ...config.data } };
    return { kind: 'made', object, config, problems: [...parsed.flatMap((one) => withoutId(one, plan)), ...missingAddresses(conf, plan)] };
  } catch (error) {
    if (error instanceof ConfSyntaxError || error instanceof UnprintableWord)
      return { kind: 'refused', reason: `${CONFIG_KEY} of the template: ${error.message}` };
    throw error;
  }
}

// --- internal ---

function accepted(conf: Conf, plan: Plan): Conf {
  const trackFiles = confOf(plan).filter(({ keyword }) => keyword === 'vrrp_track_file');
  const usable = conf.filter((one) => withoutId(one, plan).length === 0);
  const unscripted = familiesApart(withoutHealthScripts(usable, trackFiles), plan.routers);
  return plan.password === undefined ? unscripted : unscripted.map(withoutPassword);
}

/**
 * A virtual router whose id is none, told. keepalived would refuse the whole file for it. The Go operator's template makes one where it asks
 * for an id that isn't there: `index` then gives 0.
 */
function withoutId({ keyword, words: [name = ''], block = [] }: Statement, plan: Plan): Problem[] {
  const ids =
    keyword === 'vrrp_instance' ? block.filter((line) => line.keyword === 'virtual_router_id').map(({ words }) => words.join(' ')) : [];
  const wrong = ids.find((id) => !isId(Number(id)));
  if (wrong === undefined) return [];
  const message = `vrrp_instance ${name} of the template is left out: its virtual_router_id is ${wrong || 'nothing'}, expected ${LOWEST_ID}-${HIGHEST_ID}, as .KeepalivedGroup.Status.RouterIDs has them`;
  return [templateProblem(plan, 'TemplateRouterWithoutId', message)];
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
