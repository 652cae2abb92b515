import { type Command, Option } from 'commander';
import { nodePortAddressesIn, PROXY_MODES, type ProxySettings } from '../cluster/proxy.ts';
import { DEFAULT_NAME } from '../cluster/state.ts';
import { FIRST_VIP, MOST_NODES } from '../hosts/address.ts';
import { minorOf, RELEASES, releaseOf } from '../kubernetes/kubernetes.ts';
import type { Lab } from '../lab.ts';
import { progressTo, spoken } from '../machine/progress.ts';
import { up as bringUp } from '../up.ts';
import { countUpTo, optionValue, verb } from './verb.ts';

export const up = (): Command =>
  verb(
    'up',
    'Bring a lab up, with the operator and a web page behind a VIP in it; on a running lab, mend what is missing and install what changed.',
    ['up', 'up --nodes 5 --name big', 'up --proxy-mode nftables --node-port-addresses primary'],
  )
    .option('--nodes <n>', 'worker nodes; a running lab grows, it never shrinks', countUpTo(MOST_NODES), 3)
    .addOption(new Option('--proxy-mode <mode>', 'how kube-proxy does its work; iptables in a new lab').choices(PROXY_MODES))
    .option('--node-port-addresses <list>', 'where kube-proxy serves node ports: primary, or prefixes with commas', nodePortAddresses)
    .option('--kubernetes <version>', `which Kubernetes: ${RELEASES.map(minorOf).join(', ')}; the newest in a new lab`, release)
    .option('--registry', 'with a registry, which the nodes pull from and tools on every host push to')
    .option('--quiet', 'show failures only')
    .action(async ({ name, nodes, kubernetes, registry = false, quiet = false, ...options }: Options) => {
      const begun = performance.now();
      const lab = await bringUp(
        { name, nodes, registry, proxy: proxyOf(options), ...(kubernetes === undefined ? {} : { kubernetes }) },
        progressTo(process.stderr, quiet),
      );
      if (!quiet) console.log(await nextSteps(lab, performance.now() - begun));
    });

// --- internal ---

interface Options {
  readonly name: string;
  readonly nodes: number;
  readonly kubernetes?: string;
  readonly registry?: boolean;
  readonly quiet?: boolean;
  readonly proxyMode?: ProxySettings['mode'];
  readonly nodePortAddresses?: readonly string[];
}

const proxyOf = ({ proxyMode, nodePortAddresses: addresses }: Partial<Options>): Partial<ProxySettings> => ({
  ...(proxyMode === undefined ? {} : { mode: proxyMode }),
  ...(addresses === undefined ? {} : { nodePortAddresses: addresses }),
});

const nodePortAddresses = (text: string): string[] => optionValue(() => nodePortAddressesIn(text));
const release = (text: string): string => optionValue(() => releaseOf(text));

async function nextSteps(lab: Lab, tookMs: number): Promise<string> {
  const owner = (await lab.holders(FIRST_VIP))[0] ?? 'node1';
  const lab_ = (words: string): string => {
    const [verbName = '', ...rest] = words.split(' ');
    return ['./bin/lab', verbName, ...(lab.name === DEFAULT_NAME ? [] : ['--name', lab.name]), ...rest].join(' ');
  };
  return `
The lab "${lab.name}" is up after ${spoken(tookMs)}. ${FIRST_VIP} is on ${owner}. Try:

  ${lab_(`exec client curl -s http://${FIRST_VIP}/`)}
  ${lab_(`probe ${FIRST_VIP} --for 15s`)}        in a second terminal, while you
  ${lab_(`fail ${owner} --how power-off`)}
  ${lab_('status')}
  ${lab_(`heal ${owner}`)}
  ${lab_('kubectl get keepalivedgroups,pods -A -o wide')}
  ${lab_('down')}`;
}
