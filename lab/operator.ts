/** The operator from `config/`, with its own RBAC and the image that was built here, and the example from `examples/`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { soundNodes, stateOf } from './cluster/state.ts';
import { CLIENT, FIRST_VIP, type HostName } from './hosts/address.ts';
import { type LabImage, OPERATOR_IMAGE, tagOf } from './images/image-tag.ts';
import type { Lab } from './lab.ts';
import type { Progress, Step } from './machine/progress.ts';
import { waitFor } from './machine/wait.ts';

/** Installs the operator, or what changed of it; resolves when it runs. */
export async function installOperator(lab: Lab, images: readonly LabImage[], progress: Progress): Promise<void> {
  await progress.step('Operator', async (step) => {
    const image = tagOf(images, OPERATOR_IMAGE);
    const manifests = await lab.kubectl(['kustomize', join(REPOSITORY, 'config/default')], { log: step.log });
    await lab.apply(manifests.replaceAll(PUBLISHED_IMAGE, image));
    step.say('waiting until it runs');
    await lab.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd/keepalivedgroups.redhatcop.redhat.io']);
    await orTellPods(lab, step, () => lab.kubectl(['rollout', 'status', ...DEPLOYMENT, '--timeout=90s'], { log: step.log }));
    step.say(image);
  });
}

/** Applies the example; resolves when the client gets its page through the VIP. */
export async function installExample(lab: Lab, progress: Progress): Promise<void> {
  await progress.step('Example', async (step) => {
    await lab.kubectl(['apply', '--server-side', '--force-conflicts', '--recursive', `--filename=${join(REPOSITORY, 'examples')}`], {
      log: step.log,
    });
    step.say(`waiting for http://${FIRST_VIP}/`);
    await orTellPods(lab, step, () => waitFor(`${CLIENT} gets http://${FIRST_VIP}/`, () => pageOf(lab, FIRST_VIP), 90_000));
    step.say('waiting until every node serves');
    const owner = await waitFor(`the first node in its order holds ${FIRST_VIP}`, () => ownerOf(lab, FIRST_VIP), 60_000);
    step.say(`http://${FIRST_VIP}/ answers, on ${owner}`);
  });
}

/** The page that the client gets of an address; throws with curl's reason while there is none. */
export async function pageOf(lab: Lab, address: string): Promise<string> {
  const { stdout } = await lab.exec(CLIENT, ['curl', '--silent', '--show-error', '--fail', '--max-time', '1', `http://${address}/`]);
  return stdout;
}

// --- internal ---

/** Leaves in the step's log what the pods are like, and the cluster's warnings, when the work fails: its own error tells the time alone. */
async function orTellPods<T>(lab: Lab, step: Step, work: () => Promise<T>): Promise<T> {
  return work().catch(async (error: unknown) => {
    for (const what of [PODS, WARNINGS]) await lab.kubectl(what, { log: step.log, allowFailure: true });
    throw error;
  });
}

const WARNINGS = ['get', 'events', '--all-namespaces', '--field-selector=type=Warning', '--sort-by=.lastTimestamp'];
const PODS = ['get', 'pods', '--all-namespaces', '--output=wide'];

interface Report {
  readonly instances: readonly { readonly priority: number; readonly addresses: readonly string[] }[];
}

/** The node that comes first for an address once every sound node's agent tells of it, when it alone of them holds the address. */
async function ownerOf(lab: Lab, address: string): Promise<HostName | undefined> {
  const nodes = soundNodes(stateOf(lab.name));
  const candidates = await Promise.all(
    nodes.map(async (node) => {
      const { stdout } = await lab.exec(node, ['curl', '--silent', '--show-error', '--max-time', '1', 'http://127.0.0.1:9650/state']);
      const instance = (JSON.parse(stdout) as Report).instances.find(({ addresses }) => addresses.includes(address));
      if (instance === undefined) throw new Error(`keepalived on ${node} does not run ${address} yet`);
      return { node, priority: instance.priority };
    }),
  );
  const [first] = candidates.sort((a, b) => b.priority - a.priority);
  const holders = (await lab.holders(address)).filter((host) => nodes.includes(host));
  return holders.length === 1 && holders[0] === first?.node ? first?.node : undefined;
}

const REPOSITORY = join(import.meta.dirname, '..');
const PACKAGE = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
/** As `config/` names the operator's image. */
const PUBLISHED_IMAGE = `${PACKAGE.config.image}:v${PACKAGE.version}`;
const DEPLOYMENT = ['--namespace=keepalived-operator', 'deployment/keepalived-operator-controller-manager'];
