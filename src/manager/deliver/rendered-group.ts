import type { KubernetesObject, Pod, Service } from '../../api/core.ts';
import type { Problem } from '../../api/problem.ts';
import { fromTemplate } from '../../override/from-template.ts';
import { templateProblem } from '../../override/template-problem.ts';
import type { Settings } from '../../plan/input.ts';
import type { Plan } from '../../plan/plan.ts';
import { renderConfig } from '../../render/config.ts';
import { renderObjects } from '../../render/objects.ts';
import type { CustomTemplate } from '../cluster/template-file.ts';

/** What is to be written of a group. */
export interface RenderedGroup {
  /** The ConfigMap first. Empty while nothing can be written: what is there stays. */
  readonly objects: readonly KubernetesObject[];
  /** The configuration that the nodes are to run; undefined while there is none. */
  readonly revision: string | undefined;
  /** Of the custom template. */
  readonly problems: readonly Problem[];
}

export interface RenderingInput {
  readonly custom: CustomTemplate;
  readonly services: readonly Service[];
  readonly pods: readonly Pod[];
  readonly settings: Settings;
  readonly supportsPodMonitor: boolean;
}

/** A group's objects, by the custom template where there is one. */
export function renderedGroup(decided: Plan, { custom, ...input }: RenderingInput): RenderedGroup {
  if (custom.kind === 'none')
    return { objects: renderObjects(decided, input.settings), revision: renderConfig(decided)?.revision, problems: [] };
  const broken = custom.broken === undefined ? [] : [brokenTemplate(decided, custom)];
  if (custom.kind === 'unusable') return unchanged(decided, broken);
  const made = fromTemplate(custom.template, { plan: decided, ...input });
  if (made.kind === 'failed') return unchanged(decided, [...broken, made.problem]);
  return { objects: made.objects, revision: made.config?.revision, problems: [...broken, ...made.problems] };
}

// --- internal ---

/** The nodes go on with what they were told last. */
const unchanged = ({ group }: Plan, problems: readonly Problem[]): RenderedGroup => ({
  objects: [],
  revision: group.status?.revision,
  problems,
});

function brokenTemplate(decided: Plan, { kind, broken }: Exclude<CustomTemplate, { kind: 'none' }>): Problem {
  const kept = kind === 'usable' ? 'the last good template stays in force' : 'nothing is written, and the nodes go on with what they have';
  return templateProblem(decided, 'TemplateBroken', `the custom template is broken, and ${kept}: ${broken}`);
}
