import type { Conf, Statement } from '../conf/tree.ts';
import { type Family, familyOf, parseAddress } from '../net/address.ts';
import type { Plan } from '../plan/plan.ts';
import { besideName } from '../plan/sharing/router-names.ts';

/**
 * An instance of a template that advertises addresses of both families becomes two, named as the plan's: keepalived takes one family in each, and
 * the Go operator's template puts all addresses of a Service into one. The id may be the same: VRRP keeps the families apart.
 */
export function familiesApart(conf: Conf, routers: Plan['routers']): Conf {
  const planned = new Map(routers.map(({ name, family }) => [name, family]));
  return conf.flatMap((statement): readonly Statement[] => {
    const lists = (statement.block ?? []).filter(isList);
    const families = new Set(lists.flatMap(({ block = [] }) => block).map(familyIn));
    if (statement.keyword !== 'vrrp_instance' || families.size < 2) return [statement];
    const [name = '', ...words] = statement.words;
    const bare = planned.get(name) ?? 'IPv4';
    return (['IPv4', 'IPv6'] as const).map((family) => ({
      ...statement,
      words: [family === bare ? name : besideName(name, family), ...words],
      ...(statement.block && { block: linesOf(family, statement.block) }),
    }));
  });
}

// --- internal ---

const isList = ({ keyword }: Statement): boolean => keyword === 'virtual_ipaddress';

/** Of an entry such as `192.0.2.1/24 dev eth0`; what is not an address counts to IPv4 and is keepalived's to judge. */
function familyIn({ keyword }: Statement): Family {
  const address = parseAddress(keyword.split('/', 1)[0] ?? '');
  return address === undefined ? 'IPv4' : familyOf(address.text);
}

/** Lines that only one version of the protocol has. */
const OF_VERSION_2 = new Set(['authentication', 'version']);

function linesOf(family: Family, block: readonly Statement[]): readonly Statement[] {
  const lines = block.filter(({ keyword }) => family === 'IPv4' || !OF_VERSION_2.has(keyword));
  return lines.map((line) => (isList(line) ? { ...line, block: (line.block ?? []).filter((entry) => familyIn(entry) === family) } : line));
}
