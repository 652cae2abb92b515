import { Command } from 'commander';
import { parseGroupReference } from '../../api/group/reference.ts';
import { importManifests } from '../../import/import.ts';
import { type Answer, failed, told } from '../answer.ts';
import { readManifests, type Source, UnreadableInput } from '../plan/read-objects.ts';
import { yamlOf } from '../plan/view.ts';

/** `import`; `run` is given the names of files. */
export function importCommand(run: (files: readonly string[], group: string) => Promise<void>): Command {
  return new Command('import')
    .summary('converts the configuration of MetalLB, kube-vip, PureLB and Cilium; reads files only')
    .description(
      `Reads manifests of MetalLB (IPAddressPool, L2Advertisement), kube-vip (ConfigMap kubevip), PureLB (ServiceGroup, LBNodeAgent) and Cilium
(CiliumLoadBalancerIPPool, CiliumL2AnnouncementPolicy), and Services with their annotations, and prints KeepalivedGroups, AddressPools and
annotations of Services with the same effect. A Service that has an address requests the same address. Settings without a counterpart are listed
on standard error. Objects of other kinds are ignored.`,
    )
    .requiredOption('-f, --filename <file...>', 'files or folders of YAML or JSON; - for standard input')
    .option('--group <namespace/name>', 'KeepalivedGroup to create; if more are needed, their names end with a number', 'vips/vips')
    .addHelpText('after', EXAMPLES)
    .action(({ filename, group }: { readonly filename: readonly string[]; readonly group: string }) => run(filename, group));
}

/** The whole command but for files and streams. */
export function answerImport(sources: readonly Source[], group: string): Answer {
  if (parseGroupReference(group) === undefined)
    return failed(`--group is ${JSON.stringify(group)}; write NAMESPACE/NAME of a KeepalivedGroup, such as vips/vips`);
  try {
    const { manifests, leftOut } = readManifests(sources);
    const { objects, notes } = importManifests(manifests, group);
    const nothing = objects.length === 0 ? ['the input holds no pool and no Service of MetalLB, kube-vip, PureLB or Cilium'] : [];
    return told(yamlOf(objects), [...leftOut, ...notes, ...nothing]);
  } catch (error) {
    if (error instanceof UnreadableInput) return failed(error.message);
    throw error;
  }
}

// --- internal ---

const EXAMPLES = `
Examples:
  kubectl get ipaddresspools,l2advertisements,services -A -o yaml | kubectl keepalived import -f - > import.yaml
  kubectl keepalived import -f metallb/ --group vips/edge`;
