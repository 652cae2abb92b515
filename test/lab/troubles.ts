/** What Events say to be amiss with an address on the network, which is false where a test does nothing but lose nodes and move addresses. */
import type { Lab } from '../../lab/lab.ts';

const TROUBLES = ['StrangerAnswers', 'OtherNodeAnswers', 'NobodyAnswers', 'NoLongerAnswers', 'StrangerAdvertises', 'StrangerSendsAdverts'];

interface ToldEvent {
  readonly reason?: string;
  readonly note?: string;
  readonly regarding?: { readonly kind?: string; readonly name?: string };
  readonly metadata: { readonly uid?: string };
}

/** What is told now, each by the uid of its Event. */
export async function troublesTold(lab: Lab): Promise<ReadonlyMap<string, string>> {
  const { items } = JSON.parse(await lab.kubectl(['get', 'events.events.k8s.io', '--all-namespaces', '-o', 'json']));
  return new Map(
    (items as readonly ToldEvent[])
      .filter(({ reason = '', regarding }) => ['VirtualIP', 'KeepalivedGroup'].includes(regarding?.kind ?? '') && TROUBLES.includes(reason))
      .map(({ metadata, reason, regarding, note }) => [metadata.uid ?? '', `${regarding?.name}: ${reason}: ${note}`]),
  );
}

/** What has been told since, oldest first. */
export async function troublesSince(lab: Lab, before: ReadonlyMap<string, string>): Promise<readonly string[]> {
  return [...(await troublesTold(lab))].flatMap(([uid, text]) => (before.has(uid) ? [] : [text]));
}
