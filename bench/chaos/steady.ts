/** Services that are there all the time, and whether all is well with them. */
import { FIRST_VIP } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import { service, settled } from '../../test/lab/lab-under-test.ts';
import { healAll, POOL, poolOf } from './carry-out.ts';
import { BOUNDS } from './invariant.ts';
import { objectsOf } from './observe.ts';
import { complaintsIn, type Objects } from './peace.ts';
import { CHANGING, EXTERNAL, POOLS } from './walk.ts';

/** With the example's they are spread over the nodes. */
const STEADY = { 'steady-1': ['192.0.2.210', '2001:db8::210'], 'steady-2': ['192.0.2.211'], 'steady-3': ['192.0.2.212', '2001:db8::212'] };
export const STEADY_SERVICES = ['web/web', ...Object.keys(STEADY).map((name) => `web/${name}`)];
export const STEADY_ADDRESSES = [FIRST_VIP, ...Object.values(STEADY).flat()];
/** Of all pools: 192.0.2.230 to 192.0.2.245. */
const POOLED = Array.from({ length: 16 }, (_, index) => `192.0.2.${230 + index}`);
/** Every address that a node may ever hold beside its own. */
export const GIVEN = new Set<string>([...STEADY_ADDRESSES, ...EXTERNAL, ...POOLED]);

/** Undoes what an earlier run left, and makes what every step needs. */
export async function prepare(lab: Lab): Promise<void> {
  await healAll(lab);
  await lab.kubectl(['delete', 'service', '-n', 'web', ...CHANGING, '--ignore-not-found']);
  for (const [name, addresses] of Object.entries(STEADY)) await lab.apply(service(name, ...addresses));
  await lab.apply(poolOf(POOLS[0]));
  await lab.waitFor(`the pool ${POOL} is there and all is well`, () => allIsWell(lab), BOUNDS.settleMs);
}

/** Gives what the API has when all is well, and throws with what isn't. */
export async function allIsWell(lab: Lab, see: (objects: Objects) => void = () => {}): Promise<Objects> {
  const [objects, held] = [await objectsOf(lab), await lab.held()];
  see(objects);
  const complaints = complaintsIn(objects, held, lab.nodes);
  if (complaints.length > 0) throw new Error(complaints.join('; '));
  await settled(lab, 1);
  return objects;
}
