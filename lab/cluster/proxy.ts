/** How kube-proxy leads what is sent to a Service to the pods. */
import ipaddr from 'ipaddr.js';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import { podRanges } from './family.ts';

export const PROXY_MODES = ['iptables', 'nftables'] as const;

export interface ProxySettings {
  readonly mode: (typeof PROXY_MODES)[number];
  /** On which of a node's addresses node ports and health ports are served: prefixes, or `primary`. Without any it is kube-proxy's own default. */
  readonly nodePortAddresses: readonly string[];
}

export const DEFAULT_PROXY: ProxySettings = { mode: 'iptables', nodePortAddresses: [] };

/** Whether kube-proxy of that Kubernetes has the mode without more ado: nftables is on by default from 1.31 on. */
export const hasMode = (mode: ProxySettings['mode'], { version }: Pick<Kubernetes, 'version'>): boolean =>
  mode !== 'nftables' || Number(version.split('.')[1]) >= 31;

/** Splits a list with commas. Throws a sentence for what kube-proxy would not start with. */
export function nodePortAddressesIn(text: string): string[] {
  const words = text.split(',');
  const isRight = text === 'primary' || words.every((word) => ipaddr.isValidCIDR(word));
  if (isRight) return words;
  throw new Error(`Found "${text}"; expected "primary", or prefixes with commas between them, as in 192.0.2.0/24,127.0.0.0/8.`);
}

/** What kube-proxy reads on every node. */
export const proxyConfig = (kubeconfig: string, kubernetes: Kubernetes, { mode, nodePortAddresses }: ProxySettings): object => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clientConnection: { kubeconfig },
  mode,
  nodePortAddresses,
  clusterCIDR: podRanges(kubernetes).join(','),
  conntrack: { maxPerCore: 0 },
});
