import type { Service } from '../../api/core.ts';
import { SERVICE_ANNOTATIONS } from '../../api/names.ts';
import type { Problem } from '../../api/problem.ts';
import { keyOf } from '../../kube/object.ts';
import type { Store } from '../../kube/store.ts';
import { serviceReference } from '../../plan/reference.ts';
import { groupKeyOf } from '../cluster/cluster-view.ts';
import type { ToldProblems } from '../told-problems.ts';

/** Tells of Services, those that are there and those to come, whose annotation names no group at all: no group's plan can. */
export function followMalformedReferences(services: Store<Service>, problems: ToldProblems): void {
  const judge = (key: string, service: Service | undefined): void =>
    problems.tell(`service ${key}`, service === undefined ? [] : malformed(service));
  services.onChange(({ key, after }) => judge(key, after));
  for (const service of services.list()) judge(keyOf(service), service);
}

// --- internal ---

function malformed(service: Service): Problem[] {
  const name = SERVICE_ANNOTATIONS.group;
  if (groupKeyOf(service) !== undefined || service.metadata.annotations?.[name] === undefined) return [];
  const found = JSON.stringify(service.metadata.annotations?.[name]);
  const message = `annotation ${name} is ${found}; write NAMESPACE/NAME of a KeepalivedGroup`;
  return [{ object: serviceReference(service), reason: 'MalformedGroupReference', message }];
}
