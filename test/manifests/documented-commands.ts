/** The commands of the documentation, those that act on a cluster and those of this repository, and how each is tried. */
import { readFileSync } from 'node:fs';
import { blocks } from '../../scripts/pages/markdown.ts';
import { PAGES } from '../../scripts/pages/page.ts';
import { MORE, QUICK } from '../fresh/commands.ts';

/** What acts on a cluster, and what acts on a checkout or on this machine. */
const PROGRAMS =
  /^(?:kubectl|helm|oc|operator-sdk|curl|arping|tcpdump|make|npm|npx|node|buildah|apt-get|(?:\.\/)?(?:bin\/(?:lab|kubectl-keepalived)|scripts\/node|\.ci\/run)|kubectl-keepalived) \S/;
/** Of the past, and of decisions: what they name is not for typing. */
const NOT_FOR_TYPING = /^(?:CHANGELOG\.md|ARCHITECTURE\.md|docs\/adr\/)/;

/** Every line of a code block, and every piece of code in a text, that begins with one of the programs. */
export function documentedCommands(): { readonly page: string; readonly command: string }[] {
  return PAGES.filter((page) => !NOT_FOR_TYPING.test(page)).flatMap((page) =>
    commandsOf(page, readFileSync(page, 'utf8')).map((command) => ({ page, command })),
  );
}

/** They run on a real API server, in this order (test/api/commands.test.ts): what an order leaves behind, the next may need. */
export const ON_AN_API_SERVER: readonly string[] = [
  'kubectl apply --server-side -k config/default',
  'kubectl apply --server-side --force-conflicts -k config/default',
  'kubectl apply -k config/prometheus',
  'kubectl apply --server-side --force-conflicts -k config/prometheus',
  'kubectl apply -k config/admission',
  'oc apply -k config/openshift',
  'oc apply -k config/operatorhub',
  'oc label namespace keepalived-operator openshift.io/cluster-monitoring=true',
  'kubectl delete clusterrole keepalived-operator-proxy-role',
  'kubectl delete clusterrolebinding keepalived-operator-proxy-rolebinding',
  'kubectl delete configmap -n keepalived-operator keepalived-operator-manager-config',
  'kubectl apply --filename config/samples/group.yaml',
  'kubectl apply --filename config/samples/pool.yaml',
  'oc create rolebinding keepalived-nodes --namespace=vips --clusterrole=keepalived-operator-node-scc --serviceaccount=vips:default',
  'kubectl annotate service NAME keepalived-operator.redhat-cop.io/keepalivedgroup=vips/vips',
  `kubectl patch service NAME --patch '{"spec": {"type": "LoadBalancer"}}'`,
  'kubectl annotate service NAME keepalived-operator.redhat-cop.io/addresses=192.0.2.200',
  `kubectl patch service NAME --subresource=status --type=merge --patch '{"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.200"}]}}}'`,
  "kubectl get services -A -o jsonpath='{range .items[?(@.spec.externalIPs)]}{.metadata.namespace}/{.metadata.name} {end}'",
  `kubectl patch service NAME --type=json --patch '[{"op": "remove", "path": "/spec/externalIPs"}]'`,
  'kubectl create secret generic vrrp --namespace=web --from-literal=password=NEW --dry-run=client --output=yaml | kubectl apply --server-side --filename=-',
  'kubectl get keepalivedgroups -A',
  'kubectl get keepalivedgroups -A -o yaml > groups.yaml',
  'kubectl get keepalivedgroups,services,nodes -A -o yaml >cluster.yaml',
  './bin/kubectl-keepalived plan -f cluster.yaml -o wide | tail -n 2',
  'kubectl get keepalivedgroups,services,nodes,pods -A -o yaml | kubectl-keepalived plan -f - -o wide',
  'kubectl get keepalivedgroups,services,nodes,pods -A -o yaml | kubectl-keepalived migrate-check -f -',
  'kubectl describe keepalivedgroup -n NAMESPACE NAME',
  'kubectl annotate --overwrite keepalivedgroup -n NAMESPACE NAME keepalived-operator.redhat-cop.io/rebalance="$(date -Is)/10"',
  'kubectl describe service NAME',
  'kubectl get addresspools -o wide',
  'kubectl get vip',
  'kubectl keepalived history',
  'kubectl get daemonset,pods -n NAMESPACE',
  'kubectl get endpointslices -l kubernetes.io/service-name=NAME',
  'kubectl get node',
  'kubectl get nodes -o wide',
  'kubectl get pods -n NAMESPACE -o wide',
  'kubectl get pods -n keepalived-operator',
  'kubectl get service NAME',
  'kubectl get service NAME -o yaml',
  'kubectl get lease -n keepalived-operator 03846a46.redhat.io -o yaml',
  'kubectl logs -n keepalived-operator -l operator=keepalived-operator --tail=50',
  'oc delete -k config/openshift',
  'kubectl delete -k config/prometheus --ignore-not-found',
  'kubectl delete clusterrole keepalived-operator-manager-role keepalived-operator-metrics-reader',
  'kubectl delete clusterrolebinding keepalived-operator-manager-rolebinding',
  'helm show crds CHART | kubectl apply --server-side --force-conflicts -f -',
  'helm install keepalived-operator charts/keepalived-operator --namespace keepalived-operator --create-namespace --set image.repository=REGISTRY/keepalived-operator --set image.tag=TAG',
  'helm upgrade keepalived-operator CHART --namespace keepalived-operator',
  'helm upgrade keepalived-operator CHART --namespace keepalived-operator --reset-then-reuse-values',
  'helm upgrade keepalived-operator CHART -n keepalived-operator --reset-then-reuse-values',
  'helm rollback keepalived-operator -n keepalived-operator',
  'helm get values keepalived-operator -n keepalived-operator -o yaml > values.yaml',
  'helm uninstall keepalived-operator -n keepalived-operator',
  'helm install keepalived-operator CHART -n network --create-namespace --values values.yaml',
  'helm uninstall keepalived-operator -n network',
  'helm install keepalived-operator CHART --namespace keepalived-operator --create-namespace',
  'helm uninstall keepalived-operator -n keepalived-operator',
  'helm install keepalived-operator CHART -n keepalived-operator --create-namespace',
  'helm uninstall keepalived-operator -n keepalived-operator',
  'oc delete keepalivedgroups --all -A',
  'oc delete subscription -n keepalived-operator keepalived-operator',
  'oc delete clusterserviceversions -n keepalived-operator -l operators.coreos.com/keepalived-operator.keepalived-operator',
  'oc apply -f config/prometheus/metrics_reader.yaml',
  'oc delete -f config/prometheus/metrics_reader.yaml',
  'kubectl get pods -A -l keepalivedGroup=NAME',
  'kubectl cordon NODE',
  'kubectl drain NODE --ignore-daemonsets',
  'kubectl annotate node NODE keepalived-operator.redhat-cop.io/drain=',
  'kubectl label node NODE node.kubernetes.io/exclude-from-external-load-balancers=',
  'kubectl taint node NODE node.kubernetes.io/out-of-service=nodeshutdown:NoExecute',
  'kubectl delete node NODE',
  'kubectl delete keepalivedgroups --all -A',
  'kubectl delete -k config/admission',
  'oc delete crd keepalivedgroups.redhatcop.redhat.io',
  'oc delete crd addresspools.redhatcop.redhat.io virtualips.redhatcop.redhat.io',
  'helm show crds CHART | kubectl apply --server-side --force-conflicts -f -',
  'kubectl delete crd keepalivedgroups.redhatcop.redhat.io',
  'kubectl delete crd addresspools.redhatcop.redhat.io virtualips.redhatcop.redhat.io',
  'kubectl apply --server-side -k config/default',
  'kubectl delete -k config/default',
];

/** What is tried elsewhere, or why it can't be tried. */
export const OTHERWISE: readonly { readonly command: RegExp; readonly how: { readonly test: string } | { readonly why: string } }[] = [
  { command: /rollout status|get keepalivedgroups -A -w$/, how: { test: 'test/lab/helm.test.ts' } },
  { command: /^kubectl logs -n NAMESPACE POD/, how: { why: 'it needs a pod that runs; the lab reads logs of containers by containerd' } },
  {
    command: /^(?:kubectl|oc) delete namespace keepalived-operator$/,
    how: { why: 'a namespace is deleted by the controller manager, which no API server has' },
  },
  { command: /^oc (?:patch network\.config|adm policy)/, how: { why: 'it needs OpenShift' } },
  { command: /vr-ids/, how: { test: 'src/main/kubectl-keepalived.test.ts' } },
  {
    command: /^operator-sdk /,
    how: {
      why: 'operator-sdk comes from no package of npm or Debian, and needs a cluster with OLM; what it checks is in test/manifests/bundle-rules.ts',
    },
  },
  { command: /^curl http:\/\/(?:127\.0\.0\.1:9650|ADDRESS)/, how: { test: 'test/lab/core.test.ts' } },
  { command: /^(?:arping|tcpdump) /, how: { why: 'it looks at the network of the reader' } },
  {
    command: /^(?:kubectl keepalived|kubectl-keepalived|\.\/bin\/kubectl-keepalived) plan\b/,
    how: { test: 'src/cli/plan/command.test.ts' },
  },
  { command: /^kubectl keepalived status (?:ADDRESS|192\.0\.2\.200)$/, how: { test: 'src/cli/status/command.test.ts' } },
  {
    command: /^kubectl (?:edit configmap|rollout restart daemonset) -n kube-system kube-proxy$/,
    how: { why: "it changes kube-proxy of the reader's cluster; what strict ARP comes to is in src/agent/wire/wire.test.ts" },
  },
  { command: /keepalived import -f/, how: { test: 'src/cli/import/command.test.ts' } },
  {
    command:
      /^kubectl get configmap -n kube-system kubevip|^kubectl get services -A -o yaml > |^kubectl apply --server-side --force-conflicts -f import\.yaml/,
    how: { test: 'test/api/import.test.ts' },
  },
  {
    command: /^kubectl patch service NAME --subresource=status --type=merge --patch '\{"status": \{"loadBalancer": null/,
    how: { test: 'test/api/import.test.ts' },
  },
  { command: /^kubectl keepalived externalips --apply/, how: { test: 'test/api/external-ips.test.ts' } },
  { command: /^(?:kubectl keepalived|\.\/bin\/kubectl-keepalived) status -A$/, how: { test: 'test/lab/helm.test.ts' } },
  { command: /^kubectl keepalived status (?:\d|service\/|node\/)/, how: { test: 'src/cli/status/command.test.ts' } },
  { command: /^kubectl keepalived watch$/, how: { test: 'src/cli/watch/watch.test.ts' } },
  { command: /^(?:kubectl keepalived|\.\/bin\/kubectl-keepalived) dashboard\b/, how: { test: 'test/manifests/dashboard.test.ts' } },
  { command: /^kubectl keepalived report( --list)?$/, how: { test: 'src/cli/report/report.test.ts' } },
  { command: /^kubectl keepalived (?:drain|undrain|move|rebalance)\b/, how: { test: 'test/lab/planned-moves.test.ts' } },
  { command: /^kubectl-keepalived completion (?:bash|kubectl)\b/, how: { test: 'src/main/plugin/completion.test.ts' } },
  { command: /^(?:kubectl keepalived|\.\/bin\/kubectl-keepalived) history/, how: { test: 'src/cli/history/history.test.ts' } },
  { command: /^kubectl keepalived externalips/, how: { test: 'src/cli/external-ips/external-ips.test.ts' } },
  { command: /^(?:kubectl keepalived|\.\/bin\/kubectl-keepalived) (?:simulate|explain)\b/, how: { test: 'test/lab/failover.test.ts' } },
  { command: /^make (?:image-archive|publish-\w+|bundle|catalog)\b/, how: { test: 'test/lab/registry.test.ts' } },
  { command: /^make unit$/, how: { why: 'make check runs it' } },
  { command: /^make (?:test|fresh)$/, how: { why: 'it is what runs the tests' } },
  {
    command: /^make (?:architectures|matrix)\b|^bin\/lab up --kubernetes/,
    how: { why: 'it takes an hour; what it came to is written down, and scripts/manifests holds the documentation to it' },
  },
  {
    command: /^make chaos$|^scripts\/node bench\/chaos\.ts\b/,
    how: { why: 'it takes a lab and minutes, and is itself a test; its walk and its judgements are tested in bench/chaos' },
  },
  { command: /^make bench(?:-quick)?\b|^scripts\/node bench\//, how: { why: 'it measures for minutes or hours, and judges nothing' } },
  { command: /^make run$/, how: { test: 'test/api/process.test.ts' } },
  { command: /^scripts\/node scripts\/test\.ts /, how: { why: 'it is one of the suites, or a part of it' } },
  { command: /^scripts\/node test\/conformance\/template\/record\.ts$/, how: { test: 'test/api/template-conformance.test.ts' } },
  { command: /^buildah login /, how: { why: 'it asks for a password; test/lab/registry.test.ts is logged in by the file that it writes' } },
  { command: /^apt-get install nodejs npm git make$/, how: { test: 'test/fresh/bare-machine.ts' } },
  { command: /^apt-get install arch-test qemu-user-static$/, how: { why: 'it changes this machine; the workflow of a release runs it' } },
];

/** Code in a text that names a command without being one to type. */
export const NAMES: readonly RegExp[] = [
  /^helm (?:upgrade|uninstall|install|lint|test)$/,
  /^kubectl (?:apply|keepalived|explain|drain)(?: plan| status| drain| import)?$/,
  /^kubectl describe service$/,
  /^kubectl create service loadbalancer$/,
  /^kubectl get (?:keepalivedgroups$|\.\.\. -o yaml)/,
  /^kubectl-keepalived (?:plan|status|history|explain|simulate|migrate-check|vr-ids)$/,
];

/** How a command is tried, or why not; undefined when nobody has said. */
export function howTried(command: string): string | undefined {
  if (ON_AN_API_SERVER.includes(command)) return 'test/api/commands.test.ts';
  if (isTypedOnABareMachine(command)) return 'test/fresh/fresh.test.ts';
  if (NAMES.some((name) => name.test(command))) return 'a name';
  const found = OTHERWISE.find((one) => one.command.test(command))?.how;
  return found && ('test' in found ? found.test : found.why);
}

// --- internal ---

const TYPED = [...QUICK, ...MORE].flatMap(([command]) => command.split(' && '));
const MADE = new Set(TYPED.flatMap((command) => /(?:^|\S=\S+ )make (.*)/.exec(command)?.[1]?.split(' ') ?? []));

/** Word by word there; of make, each of the targets. */
function isTypedOnABareMachine(command: string): boolean {
  const [program, ...words] = command.split(' ');
  if (program === 'make') return words.every((target) => MADE.has(target));
  const plain = command.replace(/^\.\//, '').replace(/ &$/, '');
  return TYPED.some((typed) => typed.includes(plain));
}

function commandsOf(page: string, text: string): string[] {
  const lines = blocks(page, text).flatMap(({ info, text: block }) =>
    info.startsWith('yaml') ? [] : block.replaceAll(/(?:\s*\\|(?<= \|))\n\s*/g, ' ').split('\n'),
  );
  const inline = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) =>
    code.replaceAll('\\|', '|'),
  );
  return [...lines, ...inline]
    .map((line) =>
      line
        .replace(/ +# .*$/, '')
        .replace(/^\s*(?:\$ )?(?:sudo )?(?:[A-Z_]+=\S+ )*/, '')
        .trim(),
    )
    .filter((line) => PROGRAMS.test(line));
}
