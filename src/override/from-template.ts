import type { KubernetesObject } from '../api/core.ts';
import { YamlError } from '../api/kubernetes-yaml.ts';
import type { Problem } from '../api/problem.ts';
import { compareAddresses, parseAddress } from '../net/address.ts';
import { byText } from '../net/text-order.ts';
import type { Plan } from '../plan/plan.ts';
import { type NodeConfig, renderConfig } from '../render/config.ts';
import { renderObjects } from '../render/objects.ts';
import { renderTemplate } from '../template/render-template.ts';
import type { Template } from '../template/syntax/tree.ts';
import { TemplateError } from '../template/template-error.ts';
import { allowedObject, type Home } from './allowed-object.ts';
import { ownConfigMap } from './config-map.ts';
import { ownDaemonSet } from './daemon-set.ts';
import { outputObjects } from './output.ts';
import { type OverrideInput, templateData } from './template-data.ts';
import { templateProblem } from './template-problem.ts';

/** What a group consists of, made by a custom template. */
export type Overridden =
  | {
      readonly kind: 'made';
      /** For server-side apply; the group's ConfigMap first. Empty while the group names no interface. */
      readonly objects: readonly KubernetesObject[];
      /** What the ConfigMap tells the nodes; absent while the group names no interface. */
      readonly config?: NodeConfig;
      readonly problems: readonly Problem[];
    }
  /** Nothing is to be written: what runs goes on. */
  | { readonly kind: 'failed'; readonly problem: Problem };

/**
 * The group's objects as a custom template makes them. They pass the same gates as our own: few kinds, the group's namespace and owner
 * reference, a keepalived.conf that is read and printed again. What the template doesn't make of ConfigMap and DaemonSet is ours.
 */
export function fromTemplate(template: Template, input: OverrideInput): Overridden {
  const { plan } = input;
  const [configMap, daemonSet] = renderObjects(plan, input.settings);
  const owner = configMap?.metadata.ownerReferences?.[0];
  if (configMap === undefined || daemonSet === undefined || owner === undefined) return NOTHING;
  try {
    const { text, problems: warnings } = renderTemplate(template, templateData(input), compareTexts);
    const warned = warnings.map(({ line, column, message }) =>
      templateProblem(plan, 'TemplateWarning', `template line ${line}, column ${column}: ${message}`),
    );
    const made = gated(
      outputObjects(text),
      { namespace: plan.group.metadata.namespace, owner, supportsPodMonitor: input.supportsPodMonitor },
      plan,
    );
    return assembled({ ...made, problems: [...warned, ...made.problems] }, { configMap, daemonSet }, input);
  } catch (error) {
    if (error instanceof TemplateError) return failed(plan, error.message);
    if (error instanceof YamlError) return failed(plan, `what the template made is not YAML: ${error.message}`);
    throw error;
  }
}

// --- internal ---

const NOTHING: Overridden = { kind: 'made', objects: [], problems: [] };

const failed = (plan: Plan, reason: string): Overridden => ({
  kind: 'failed',
  problem: templateProblem(
    plan,
    'TemplateFailed',
    `${reason}; nothing is written, and the nodes go on with what they have: correct the template`,
  ),
});

function compareTexts(left: string, right: string): number {
  const [a, b] = [parseAddress(left), parseAddress(right)];
  return a !== undefined && b !== undefined ? compareAddresses(a, b) : byText(left, right);
}

interface Gated {
  readonly objects: readonly KubernetesObject[];
  readonly problems: readonly Problem[];
}

/** The objects that the template may make, each once, and why it may not make the others. */
function gated(values: readonly unknown[], home: Home, plan: Plan): Gated {
  const objects = new Map<string, KubernetesObject>();
  const refused: string[] = [];
  for (const value of values) {
    const object = allowedObject(value, home);
    if (typeof object === 'string') refused.push(object);
    else if (objects.has(nameOf(object))) refused.push(`${nameOf(object)} is there already`);
    else objects.set(nameOf(object), object);
  }
  const problems = refused.map((why) =>
    templateProblem(plan, 'TemplateObjectRefused', `an object that the template makes is left out: ${why}`),
  );
  return { objects: [...objects.values()], problems };
}

const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.name}`;

interface Native {
  readonly configMap: KubernetesObject;
  readonly daemonSet: KubernetesObject;
}

function assembled({ objects, problems }: Gated, native: Native, { plan, settings }: OverrideInput): Overridden {
  const find = (one: KubernetesObject): KubernetesObject | undefined => objects.find((object) => nameOf(object) === nameOf(one));
  const [configMap, daemonSet] = [find(native.configMap), find(native.daemonSet)];
  const map = configMap && ownConfigMap(configMap, plan);
  if (map?.kind === 'refused') return failed(plan, map.reason);
  const pods = daemonSet && ownDaemonSet(daemonSet, settings.agentImage);
  const config = map?.config ?? renderConfig(plan);
  const told = pods?.kind === 'refused' ? pods.reason : pods?.warning;
  return {
    kind: 'made',
    objects: [
      map?.object ?? native.configMap,
      pods?.kind === 'taken' ? pods.object : native.daemonSet,
      ...objects.filter((object) => object !== configMap && object !== daemonSet),
    ],
    ...(config && { config }),
    problems: [...problems, ...(map?.problems ?? []), ...(told === undefined ? [] : [templateProblem(plan, 'TemplatePodsUnable', told)])],
  };
}
