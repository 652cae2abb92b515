/**
 * What a tenant who may write Services tries, while a client asks another tenant's VIP every 10 ms. What the Go operator would have made of
 * each is in test/scenarios/attack.test.ts; the admission policies are not installed here, so that every attack reaches the operator.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressesOf, CLIENT, CONTROL, type HostName } from '../../lab/hosts/address.ts';
import type { Lab } from '../../lab/lab.ts';
import { VERBATIM_ATTACKS } from '../builders/attack.ts';
import { GROUP, labUnderTest, NAMESPACE, page, podOn, service, settled, soleHolder, VIP, whyNoLab } from './lab-under-test.ts';

const EVIL = 'evil';
const FENCES = { addresses: ['192.0.2.192/26', '198.51.0.0/16'], excludedAddresses: ['192.0.2.254'], addressesPerNamespace: 350 };
/** Services of the flood; `MANY=10000` for the long form (about ten minutes). */
const MANY = Number(process.env.MANY ?? 500);
/** Milliseconds for everything that is done to each of them. */
const FLOOD_TIME = 120_000 + MANY * 180;
/** What the nodes route through; inside the fences, and on no host of the lab. */
const GATEWAY = '192.0.2.253';
const ANNOTATIONS = 'keepalived-operator.redhat-cop.io';
let lab: Lab;

interface EventSeen {
  readonly involvedObject: { readonly name: string };
  readonly reason: string;
  readonly message: string;
}

const attack = (name: string, addresses: readonly string[], annotations: Readonly<Record<string, string>> = {}) => {
  const { metadata, spec, ...rest } = service(name, ...addresses);
  return {
    ...rest,
    metadata: { ...metadata, namespace: EVIL, annotations: { ...metadata.annotations, ...annotations } },
    spec: { ...spec, clusterIP: 'None' },
  };
};
const verbatim = (lines: Readonly<Record<string, string>>) => ({ [`${ANNOTATIONS}/verbatimconfig`]: JSON.stringify(lines) });
/** With a line of its own a Service can not share a virtual router. */
const OWN_ID = verbatim({ garp_master_delay: '1' });
const withLine = ({ metadata, ...rest }: ReturnType<typeof service>) => ({
  ...rest,
  metadata: { ...metadata, annotations: { ...metadata.annotations, ...OWN_ID } },
});
const together = (items: readonly object[]) => ({ apiVersion: 'v1', kind: 'List', items });

/** @param name - of the object that they are about; all where it is absent, which is dear where there are thousands */
const eventsOf = async (namespace: string, name?: string): Promise<readonly EventSeen[]> => {
  const selector = name === undefined ? [] : [`--field-selector=involvedObject.name=${name}`];
  return JSON.parse(await lab.kubectl(['get', 'events', '--namespace', namespace, '--output=json', ...selector])).items;
};
const told = (names: readonly string[], reason: string, timeoutMs = 60_000): Promise<true> =>
  lab.waitFor(
    `an Event ${reason} on each of ${names.join(', ')}`,
    async () => {
      const events = await eventsOf(EVIL, names.length === 1 ? names[0] : undefined);
      const missing = names.filter((name) => !events.some((one) => one.involvedObject.name === name && one.reason === reason));
      if (missing.length > 0) throw new Error(`none on ${missing.join(', ')}`);
      return true as const;
    },
    timeoutMs,
  );

const inKeepalived = async (node: HostName, ...command: string[]): Promise<string> =>
  lab.kubectl(['exec', '-n', NAMESPACE, (await podOn(lab, node)).metadata.name, '-c', 'keepalived', '--', ...command]);

/** Does it while another tenant's VIP is probed, which must not miss one answer. */
async function undisturbed(happens: () => Promise<void>): Promise<void> {
  const owner = await soleHolder(lab, VIP);
  const probe = await lab.probe(VIP);
  const [outcome] = await Promise.allSettled([happens().then(() => settled(lab))]);
  const { sent, received } = await probe.stop();
  if (outcome?.status === 'rejected') throw outcome.reason;
  expect(sent).toBeGreaterThan(0);
  expect(sent - received).toBe(0);
  expect(await soleHolder(lab, VIP)).toBe(owner);
}

describe.skipIf(whyNoLab !== undefined)(`an attack by Services${whyNoLab === undefined ? '' : ` (skipped: ${whyNoLab})`}`, () => {
  beforeAll(async () => {
    lab = await labUnderTest();
    await lab.kubectl(['create', 'namespace', EVIL]);
    await lab.kubectl([
      'patch',
      'keepalivedgroup',
      '-n',
      NAMESPACE,
      GROUP,
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { fences: FENCES } }),
    ]);
    for (const node of lab.nodes) await lab.exec(node, ['ip', 'route', 'replace', 'default', 'via', GATEWAY]);
    await lab.waitFor(
      'the nodes have told their gateway',
      async () => ((await groupNow()).status.gateways?.[GATEWAY] === undefined ? undefined : true),
      60_000,
    );
    await settled(lab);
  });
  afterAll(async () => {
    for (const node of lab.nodes) await lab.exec(node, ['ip', 'route', 'delete', 'default', 'via', GATEWAY], { allowFailure: true });
    await lab.kubectl(['delete', 'namespace', EVIL, '--ignore-not-found', '--timeout=120s']);
    await lab.kubectl(['delete', 'service', '-n', NAMESPACE, 'young', 'needy', '--ignore-not-found']);
    await lab.kubectl(['patch', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '--type=json', '-p', '[{"op":"remove","path":"/spec/fences"}]']);
    await settled(lab);
  });

  it(`executes nothing by ${VERBATIM_ATTACKS.length} forms of verbatim lines, and an Event names each`, async () => {
    const names = VERBATIM_ATTACKS.map((_, index) => `verbatim-${index}`);
    await undisturbed(async () => {
      await lab.apply(
        together(VERBATIM_ATTACKS.map(({ lines }, index) => attack(`verbatim-${index}`, [`192.0.2.${220 + index}`], verbatim(lines)))),
      );
      await told(names, 'VerbatimRefused');
    });
    for (const node of lab.nodes) {
      await expect(inKeepalived(node, 'ls', '/tmp/evil')).rejects.toThrow(/No such file/);
      expect(await inKeepalived(node, 'cat', '/run/keepalived/keepalived.conf')).not.toMatch(
        /touch|script|include|auth_pass|^ *notify[_a-z]* [^{]*evil/m,
      );
    }
    expect(await lab.kubectl(['get', 'serviceaccounts', '-A', '-o', 'name'])).not.toContain('evil');
    await lab.kubectl(['delete', 'service', '-n', EVIL, ...names]);
  });

  it.each([
    ["a node's", () => addressesOf(lab.nodes[0] ?? '').v4, 'AddressReserved'],
    ["the API server's host's", () => addressesOf(CONTROL).v4, 'AddressReserved'],
    ['that of a gateway that no fence names', () => GATEWAY, 'AddressReserved'],
    ["another host's", () => addressesOf(CLIENT).v4, 'AddressNotAllowed'],
    ['that of a gateway that is excluded', () => '192.0.2.254', 'AddressNotAllowed'],
    ["another tenant's VIP", () => VIP, 'AddressConflict'],
  ])('gets no address: %s', async (what, address, reason) => {
    const name = `theft-${what.replaceAll(/[^a-z]+/g, '-').replace(/-$/, '')}`;
    const before = await lab.holders(address());
    await undisturbed(async () => {
      await lab.apply(attack(name, [address()]));
      await told([name], reason);
    });
    expect(await lab.holders(address())).toEqual(before);
    await lab.kubectl(['delete', 'service', '-n', EVIL, name]);
  });

  it('takes no address from a younger Service that holds it', async () => {
    await lab.apply(attack('older', ['192.0.2.210']));
    await lab.waitFor('a second passes between the two', async () => (await ageOf('older')) > 1 || undefined, 10_000);
    await lab.apply(service('young', '192.0.2.211'));
    await settled(lab);
    const owner = await soleHolder(lab, '192.0.2.211');
    await lab.waitFor(
      'the status knows who has it',
      async () => ((await holderOf('192.0.2.211')) === `${NAMESPACE}/young` ? true : undefined),
      30_000,
    );
    await undisturbed(async () => {
      await lab.apply(attack('older', ['192.0.2.211']));
      await told(['older'], 'AddressConflict');
    });
    expect(await holderOf('192.0.2.211')).toBe(`${NAMESPACE}/young`);
    expect(await soleHolder(lab, '192.0.2.211')).toBe(owner);
    await lab.kubectl(['delete', 'service', '-n', EVIL, 'older']);
  });

  it.each([
    ['malformed', { [`${ANNOTATIONS}/keepalivedgroup`]: '<keepalived-group>' }, 'MalformedGroupReference'],
    [
      'giant',
      verbatim(Object.fromEntries(Array.from({ length: 8000 }, (_, index) => [`notify_${index}`, '/bin/sh -c true']))),
      'VerbatimRefused',
    ],
    ['no-json', { [`${ANNOTATIONS}/verbatimconfig`]: '['.repeat(200_000) }, 'VerbatimMalformed'],
  ])('neither stops nor floods the operator by an annotation: %s', async (name, annotations, reason) => {
    await undisturbed(async () => {
      await lab.apply(attack(name, ['192.0.2.212'], annotations));
      await told([name], reason);
    });
    expect((await eventsOf(EVIL, name)).length).toBeLessThan(10);
    expect(await page(lab, VIP)).toContain('keepalived');
    await lab.kubectl(['delete', 'service', '-n', EVIL, name]);
  });

  it(
    `leaves others room with ${MANY} Services, of which 300 want an id of their own`,
    async () => {
      const greedy = Array.from({ length: MANY }, (_, index) =>
        attack(`many-${index}`, [`198.51.${100 + (index >> 8)}.${index & 255}`], index < 300 ? OWN_ID : {}),
      );
      await undisturbed(async () => {
        await lab.apply(together(greedy));
        await told([`many-${MANY - 1}`], 'TooManyAddresses', FLOOD_TIME);
        await told(['many-299'], 'TooManyRouters');
        await lab.apply(service('young', '192.0.2.211'));
        await lab.apply(withLine(service('needy', '192.0.2.215')));
        await soleHolder(lab, '192.0.2.211');
        await soleHolder(lab, '192.0.2.215');
      });
      console.log(`managers started again meanwhile: ${(await restartsOfManagers()).join(', ')}`);
      await undisturbed(async () => {
        await lab.kubectl(['delete', 'service', '-n', EVIL, '--all', '--wait=false']);
        await lab.waitFor(
          'no Service of the attacker is left',
          async () => {
            const first = JSON.parse(await lab.kubectl(['get', '--raw', `/api/v1/namespaces/${EVIL}/services?limit=1`]));
            return first.items.length === 0 || undefined;
          },
          FLOOD_TIME,
        );
      });
    },
    FLOOD_TIME * 2,
  );
});

// --- internal ---

const groupNow = async () => JSON.parse(await lab.kubectl(['get', 'keepalivedgroup', '-n', NAMESPACE, GROUP, '-o', 'json']));
const holderOf = async (address: string): Promise<string | undefined> => (await groupNow()).status.holders?.[address];

async function restartsOfManagers(): Promise<number[]> {
  const ours = ['-n', 'keepalived-operator', '-l', 'operator=keepalived-operator'];
  const { items } = JSON.parse(await lab.kubectl(['get', 'pods', ...ours, '-o', 'json']));
  return items.map(
    ({ status }: { status: { containerStatuses: { restartCount: number }[] } }) => status.containerStatuses[0]?.restartCount ?? 0,
  );
}

async function ageOf(name: string): Promise<number> {
  const { metadata } = JSON.parse(await lab.kubectl(['get', 'service', '-n', EVIL, name, '-o', 'json']));
  return (Date.now() - Date.parse(metadata.creationTimestamp)) / 1000;
}
