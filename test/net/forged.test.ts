/**
 * What the adverts that a host on the same switch forges, or records and sends again, come to in each kind of group: the table in
 * docs/security.md. Every instance has its own attack, so that all of them are made at the same time.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Advert, advertIn, frameOf, MULTICAST } from './advert.ts';
import { FORGERIES, ForgedGroups, PASSWORD, REPLAY, TARGETS, type Target } from './forged.ts';
import { throughout, until } from './until.ts';

/** By kind of group, the forged adverts that it believes; it believes no other. */
const BELIEVED: Readonly<Record<string, readonly string[]>> = {
  multicast: ['by multicast'],
  'multicast with password': ['by multicast, with the password'],
  'multicast, version 3': ['by multicast'],
  'multicast, IPv6': ['by multicast'],
  unicast: ['to the nodes', "to the nodes, from a peer's address"],
  'unicast with password': ['to the nodes, with the password', "to the nodes, from a peer's address, with the password"],
  'unicast, version 3': ['to the nodes', "to the nodes, from a peer's address"],
  'unicast, IPv6': ['to the nodes', "to the nodes, from a peer's address"],
  'unicast with check_unicast_src': ["to the nodes, from a peer's address"],
  'unicast with password and check_unicast_src': ["to the nodes, from a peer's address, with the password"],
  'unicast with check_unicast_src, version 3': ["to the nodes, from a peer's address"],
  'unicast with check_unicast_src, IPv6': ["to the nodes, from a peer's address"],
};

const isForged = ({ attack }: Target): boolean => FORGERIES[attack] !== undefined;
const isReplayed = ({ attack }: Target): boolean => attack === REPLAY;

let groups: ForgedGroups;
let recorded: readonly Buffer[];
/** Whose master had no VIP at some time while adverts were forged. */
const gaveUp = new Set<Target>();
/** Whose second node had the VIP at some time while adverts of the dead master were sent again. */
const tookOver = new Set<Target>();

const all = (who: string, rank: 0 | 1, targets: readonly Target[] = TARGETS) =>
  until(
    who,
    () => targets.filter((one) => !groups.heldBy(rank).has(one)).map(({ of, attack }) => `${of}: ${attack}`),
    (without) => without.length === 0,
    15,
  );

beforeAll(async () => {
  groups = new ForgedGroups();
  await all('the first node has every VIP', 0);
  recorded = await groups.recorded();

  groups.rogue.send(TARGETS.filter(isForged).flatMap((one) => groups.forged(one)));
  // Longer than three adverts, after which a master that heard a better one is none any more.
  await throughout(4.5, () => {
    const held = groups.heldBy(0);
    for (const one of TARGETS) if (!held.has(one)) gaveUp.add(one);
  });
  await groups.rogue.stop();
  await all('every master is back when the adverts end', 0);

  const replayed = new Set(TARGETS.filter(isReplayed).map(({ id }) => id));
  groups.rogue.send(recorded.filter((frame) => replayed.has(advertIn(frame)?.id ?? 0)));
  await groups.loseMasters();
  // Three adverts and the skew are 3.6 s.
  await throughout(7, () => {
    for (const one of groups.heldBy(1)) tookOver.add(one);
  });
  await groups.rogue.stop();
  await all('the second node has every VIP when the replay ends', 1);
});
afterAll(() => groups?.[Symbol.asyncDispose]());

describe('an advert of priority 255, sent', () => {
  it.each(TARGETS.filter(isForged).map((target) => ({ ...target, target, isBelieved: BELIEVED[target.of]?.includes(target.attack) })))(
    '$attack: $of (believed: $isBelieved)',
    ({ target, isBelieved }) => {
      expect(gaveUp.has(target)).toBe(isBelieved);
    },
  );

  it('is made as keepalived makes its own, but for what is forged', () => {
    for (const frame of recorded) {
      const { id = 0, source = '', payload } = advertIn(frame) ?? {};
      const { kind, vip, of } = TARGETS.find((one) => one.id === id) as Target;
      const { family, version, hasPassword } = kind;
      const destination = kind.hosts[0] === 'm1' ? MULTICAST[family] : source.replace(/3$/, '4');
      const advert: Advert = { version, id, vip, source, destination, priority: 254, ...(hasPassword && { password: PASSWORD }) };
      expect(advertIn(frameOf(advert))?.payload, of).toEqual(payload);
    }
  });
});

describe('an advert of a master that is dead, sent again', () => {
  it.each(TARGETS.filter(isReplayed).map((target) => ({ ...target, target })))('holds up the failover: $of', ({ target }) => {
    expect(tookOver.has(target)).toBe(false);
  });

  it('holds up no other', () => {
    expect(TARGETS.filter((one) => !isReplayed(one) && !tookOver.has(one))).toEqual([]);
    expect([...gaveUp].filter((one) => !isForged(one))).toEqual([]);
  });
});
