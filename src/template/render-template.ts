import { Budget, LIMITS, type Limits } from './budget.ts';
import { typeOf } from './data/type.ts';
import type { Value } from './data/value.ts';
import { Evaluation } from './evaluate.ts';
import type { Template } from './syntax/tree.ts';
import { type Position, positionOf, Refusal, TemplateError } from './template-error.ts';

/** What a template sees as `.` and `$`: objects as the Kubernetes API gives them, Services sorted by namespace and name, pods by name. */
export interface TemplateData {
  readonly KeepalivedGroup: object;
  readonly Services: readonly object[];
  readonly KeepalivedPods: readonly object[];
  /** `image`, `supportsPodMonitor` ("true" or "false"), `authPass`. */
  readonly Misc: Readonly<Record<string, string>>;
  /** The blocks of keepalived.conf that would be written without a template. */
  readonly Blocks?: readonly object[];
}

/** Something that the template's author should hear of, though the text was made; said once for each place. Names no value of the data. */
export interface TemplateProblem extends Position {
  readonly message: string;
}

export interface Rendering {
  readonly text: string;
  readonly problems: readonly TemplateProblem[];
}

/**
 * The template's text for the data; equal inputs give equal texts. `compareAddresses` is the order in which
 * `mergeStringSlices` gives addresses. Throws `TemplateError` (kind `execute`) when the data can't give what the
 * template asks, or a limit is passed; its message names types and fields, no values.
 */
export function renderTemplate(
  template: Template,
  data: TemplateData,
  compareAddresses: (left: string, right: string) => number,
  limits: Limits = LIMITS,
): Rendering {
  const root: Value = { type: typeOf('Data'), raw: data };
  const budget = new Budget(limits);
  const problems = new Map<string, TemplateProblem>();
  const here = (): Position => positionOf(template.text, evaluation.offset);
  const warn = (message: string): void => {
    const key = `${evaluation.offset} ${message}`;
    if (!problems.has(key)) problems.set(key, { ...here(), message });
  };
  const evaluation = new Evaluation(template, root, budget, { compareAddresses, warn, spend: (steps) => budget.step(steps) });
  try {
    return { text: evaluation.run(root), problems: [...problems.values()] };
  } catch (error) {
    if (error instanceof Refusal) throw new TemplateError('execute', here(), error.message);
    throw error;
  }
}
