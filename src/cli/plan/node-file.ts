import type { Node } from '../../api/core.ts';
import { CONFIG_KEY, SETTINGS_KEY } from '../../api/node/config.ts';
import { print } from '../../conf/print.ts';
import type { Conf, Statement } from '../../conf/tree.ts';
import { bundleOf } from '../../localise/bundle.ts';
import { candidateOf } from '../../localise/candidate.ts';
import { POD_PATHS } from '../../localise/localise.ts';
import type { NodeFacts } from '../../localise/node-facts.ts';
import type { SecretKey } from '../../plan/password.ts';
import { type Cluster, type PlannedGroup, podsOf, type Secret } from './plan-groups.ts';

/** The file that a node's agent would make, passwords hidden, and what has to be known about it. */
export interface NodeFile {
  /** Absent when the agent would make none. */
  readonly text?: string;
  readonly notes: readonly string[];
}

/** What a file can't tell of a node, and what stands for it. */
export interface StandIns {
  /** The interface that `interfaceFromIP` would lead to. */
  readonly interface: string | undefined;
}

/** Stands for what a password is, in print and where the input has no Secret. */
export const HIDDEN = '********';

export function nodeFile({ key, plan, config }: PlannedGroup, node: Node, cluster: Cluster, standIns: StandIns): NodeFile {
  if (config === undefined || plan.link === undefined) return { notes: [`${key}: there is no configuration for its nodes`] };
  const link = plan.link.kind === 'name' ? plan.link.name : (standIns.interface ?? STAND_IN_INTERFACE);
  const password = passwordOf(plan.password, plan.group.metadata.namespace, cluster.secrets);
  const facts: NodeFacts = {
    node: node.metadata.name,
    pod: podsOf(plan.group, cluster.pods).find(({ spec }) => spec?.nodeName === node.metadata.name)?.metadata.name ?? '',
    link,
    interfaces: [{ name: link, addresses: internalAddresses(node) }],
    password: password.value,
  };
  const bundle = bundleOf(config.data[CONFIG_KEY] ?? '', config.data[SETTINGS_KEY] ?? '');
  const candidate = candidateOf(bundle, facts, POD_PATHS);
  const isStandIn = plan.link.kind === 'route' && standIns.interface === undefined;
  const notes = [
    ...(isStandIn
      ? [`${key}: ${STAND_IN_INTERFACE} stands for the interface through which ${plan.link.to} is reached; name it by --interface`]
      : []),
    ...password.notes.map((note) => `${key}: ${note}`),
  ];
  if (candidate.kind === 'unusable') return { notes: [...notes, `${key}: no file: ${candidate.problem.message}`] };
  const problems = candidate.problems.map(({ message }) => `${key}: ${message}`);
  return { text: print(withoutPasswords(candidate.conf)), notes: [...notes, ...problems] };
}

// --- internal ---

const STAND_IN_INTERFACE = 'eth0';

/** The prefix length is not in a Node object, and decides nothing. */
function internalAddresses({ status }: Node): { address: string; prefixLength: number }[] {
  const internal = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  return internal.map(({ address }) => ({ address, prefixLength: address.includes(':') ? 64 : 24 }));
}

interface Password {
  readonly value: string | null;
  readonly notes: readonly string[];
}

/** People leave Secrets out of files, so an absent one is no mistake; one that is there is judged as on the node. */
function passwordOf(wanted: SecretKey | undefined, namespace: string | undefined, secrets: readonly Secret[]): Password {
  if (wanted === undefined) return { value: null, notes: [] };
  const secret = secrets.find(({ metadata }) => metadata.name === wanted.name && metadata.namespace === namespace);
  if (secret === undefined)
    return { value: HIDDEN, notes: [`Secret ${namespace}/${wanted.name} is not in the input; it is taken to hold a password`] };
  const encoded = secret.data?.[wanted.key];
  const value = secret.stringData?.[wanted.key] ?? (encoded === undefined ? null : Buffer.from(encoded, 'base64').toString());
  return { value: value?.trim() || null, notes: [] };
}

const withoutPasswords = (conf: Conf): Statement[] =>
  conf.map(({ block, ...statement }) => ({
    ...statement,
    ...(statement.keyword === 'auth_pass' && { words: [HIDDEN] }),
    ...(block && { block: withoutPasswords(block) }),
  }));
