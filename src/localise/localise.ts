import type { AgentSettings } from '../api/node/config.ts';
import { NODE_POD } from '../api/node/pod.ts';
import { block, type Conf, line, type Statement } from '../conf/tree.ts';
import { authenticationOf } from './authentication.ts';
import { forNames } from './condition.ts';
import { graded } from './finding.ts';
import { globalsOf, type Instance, instanceOf, instancesOf, isInstance } from './instance.ts';
import type { NodeFacts } from './node-facts.ts';
import type { Problem } from './problem.ts';
import { UNICAST_KEYWORDS, unicastLines } from './unicast.ts';
import { VIRTUAL_MAC_KEYWORDS, virtualMacLines, virtualMacProblems } from './virtual-mac.ts';

/** This node's own file, or why there can be none; the problems name what was left out or cut. */
export type Localised =
  | { readonly kind: 'file'; readonly conf: Conf; readonly problems: readonly Problem[] }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** Where keepalived finds on the node what the file names. */
export interface LocalPaths {
  readonly notifyFifo: string;
  readonly trackDir: string;
}

/** The paths in the pod. */
export const POD_PATHS: LocalPaths = { notifyFifo: NODE_POD.notifyFifo, trackDir: NODE_POD.trackDir };

/** The file that carries the value of a `vrrp_track_file`; its name may hold a `/`. */
export const trackFileOf = ({ trackDir }: LocalPaths, name: string): string => `${trackDir}/${encodeURIComponent(name)}`;

/**
 * One node's file from the group's: conditions on the node's or the pod's name resolved; interface, unicast addresses, password and virtual MAC
 * address set in every vrrp_instance; the notify FIFO and the files of the health checks named.
 */
export function localise(group: Conf, settings: AgentSettings, facts: NodeFacts, paths: LocalPaths): Localised {
  const conf = forNames(group, [facts.node, facts.pod]);
  const { link } = facts;
  if (link === null) return { kind: 'refused', problem: noLink(settings, facts) };
  const needsPassword = settings.password && conf.some((one) => isInstance(one) && instanceOf(one, conf).version === 2);
  const authentication = needsPassword ? authenticationOf(facts.password) : null;
  if (authentication?.kind === 'refused') return authentication;
  const password = authentication?.statement;
  const rewritten = conf
    .filter(({ keyword }) => keyword !== 'global_defs')
    .map((one) =>
      isInstance(one)
        ? instanceFor(one, { instance: instanceOf(one, conf), link, password, settings, facts })
        : trackFileFor(one, settings, paths),
    );
  return {
    kind: 'file',
    conf: [globalDefs(conf, paths), ...rewritten.filter(isStatement)],
    problems: [
      ...(authentication?.problems ?? []),
      ...rewritten.filter(isProblem),
      ...virtualMacProblems(instancesOf(conf), settings, { ...facts, link }),
    ],
  };
}

/** The smallest file that keepalived runs on: no instance, so that it is there when the first good one comes. */
export function emptyConf(routerId: string, paths: LocalPaths): Conf {
  return [globalDefs([block('global_defs', [], [line('router_id', routerId)])], paths)];
}

// --- internal ---

/**
 * Global lines that would move or take away what the agent reads, or that it sets itself. `reload_check_config` is among them because
 * keepalived 2.3 without CAP_SETGID fails in that check and then goes on with its old configuration; the agent has tested the file before.
 */
const OWN_GLOBALS = new Set([
  'vrrp_notify_fifo',
  'reload_check_config',
  'data_use_instance',
  'state_dump_file',
  'stats_dump_file',
  'json_dump_file',
  'instance',
  'net_namespace',
  'tmp_config_directory',
]);

interface InstanceContext {
  readonly instance: Instance;
  readonly link: string;
  readonly password: Statement | undefined;
  readonly settings: AgentSettings;
  readonly facts: NodeFacts;
}

function globalDefs(conf: Conf, { notifyFifo }: LocalPaths): Statement {
  const kept = globalsOf(conf).filter(({ keyword }) => !OWN_GLOBALS.has(keyword));
  return block('global_defs', [], [...kept, line('vrrp_notify_fifo', notifyFifo)]);
}

function instanceFor(statement: Statement, { instance, link, password, settings, facts }: InstanceContext): Statement | Problem {
  const unicast = settings.unicast ? unicastLines(settings.unicast, instance, facts) : [];
  if (!isLines(unicast)) return unicast;
  const own = new Set([
    'interface',
    ...(settings.unicast ? UNICAST_KEYWORDS : []),
    ...(password ? ['authentication'] : []),
    ...(settings.virtualMac ? VIRTUAL_MAC_KEYWORDS : []),
  ]);
  const kept = (statement.block ?? []).filter(({ keyword }) => !own.has(keyword));
  const authentication = password && instance.version === 2 ? [password] : [];
  const virtualMac = virtualMacLines(instance, settings, facts);
  return { ...statement, block: [line('interface', link), ...virtualMac, ...unicast, ...authentication, ...kept] };
}

function trackFileFor(statement: Statement, { checks }: AgentSettings, paths: LocalPaths): Statement {
  const [name] = statement.words;
  const isTrackFile = (statement.keyword === 'vrrp_track_file' || statement.keyword === 'track_file') && statement.block !== undefined;
  if (!isTrackFile || name === undefined || !checks.some(({ trackFile }) => trackFile === name)) return statement;
  const kept = (statement.block ?? []).filter(({ keyword }) => keyword !== 'file');
  return { ...statement, block: [line('file', trackFileOf(paths, name)), ...graded(kept)] };
}

function noLink({ link }: AgentSettings, { node, interfaces }: NodeFacts): Problem {
  const found = interfaces.map(({ name }) => name).join(', ') || 'none';
  const sought = link.kind === 'name' ? `has no interface ${link.name}` : `has no interface with a route to ${link.to}`;
  return {
    reason: 'InterfaceNotFound',
    message: `node ${node} ${sought} (it has: ${found}); correct spec.interface or spec.interfaceFromIP of the group`,
  };
}

const isLines = (value: readonly Statement[] | Problem): value is readonly Statement[] => Array.isArray(value);
const isProblem = (value: Statement | Problem): value is Problem => 'reason' in value;
const isStatement = (value: Statement | Problem): value is Statement => 'keyword' in value;
