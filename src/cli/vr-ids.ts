import { Command } from 'commander';
import { openshiftRouterIds } from '../plan/ids/openshift-router-ids.ts';

/** `vr-ids`; `print` is given the whole answer. */
export function vrIdsCommand(print: (text: string) => void): Command {
  return new Command('vr-ids')
    .summary("prints the virtual router ids of an OpenShift cluster's own addresses")
    .description(
      `Prints the virtual router ids that an OpenShift cluster on bare metal uses for its own addresses, derived from its name
(metadata.name of its install-config). Groups on the same network must not use them: add them to spec.blacklistRouterIDs.`,
    )
    .argument('<cluster>', 'name of the OpenShift cluster')
    .option('--with-dns', 'also print the id of the DNS address, which OpenShift had before 4.8')
    .action((cluster: string, options: { readonly withDns?: boolean }) => {
      const ids = openshiftRouterIds(cluster, options);
      print(ids.map(({ name, id }) => `${name}: ${id}\n`).join(''));
    });
}
