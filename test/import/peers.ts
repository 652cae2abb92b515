/** Folders of `test/import`: the manifests of one peer each. */
export const PEERS = ['metallb', 'kube-vip', 'pure-lb', 'cilium'] as const;
