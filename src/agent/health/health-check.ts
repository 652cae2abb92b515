import type { Finding } from '../../localise/finding.ts';

/** So many answers in a row that differ from what is known change it; one that is wrong moves nothing. */
const IN_A_ROW = 2;
/** So many questions in a row without an answer are no accident any more: kube-proxy that starts again takes a few seconds. */
const UNANSWERED = 10;

/** What is known of one Service, and what speaks against it. */
export interface Known {
  /** Null before the first answer, as long as one may still come. */
  readonly finding: Finding | null;
  readonly against: number;
  readonly unanswered: number;
}

/** After one more answer: the first counts at once, silence only when it lasts. */
export function afterFinding(before: Known | undefined, answer: Finding): Known {
  const { finding, against, unanswered } = before ?? { finding: null, against: 0, unanswered: 0 };
  if (answer === 'unanswered') {
    const hasLasted = unanswered + 1 >= UNANSWERED;
    return { finding: hasLasted ? 'unanswered' : finding, against: hasLasted ? 0 : against, unanswered: unanswered + 1 };
  }
  if (finding === null || finding === 'unanswered' || finding === answer) return { finding: answer, against: 0, unanswered: 0 };
  return against + 1 >= IN_A_ROW ? { finding: answer, against: 0, unanswered: 0 } : { finding, against: against + 1, unanswered: 0 };
}

/** An answer of HTTP; null without one. */
export type Answer = { readonly status: number; readonly body: string } | null;

/**
 * Whether kube-proxy, or what stands in its place, has ready endpoints of the Service on this node: status 200, and where the body counts
 * `localEndpoints`, more than none (Kubernetes API, `healthCheckNodePort`).
 */
export function findingIn(answer: Answer): Finding {
  if (answer === null) return 'unanswered';
  const count = /"localEndpoints"\s*:\s*(\d+)/.exec(answer.body)?.[1];
  return answer.status === 200 && (count === undefined || Number(count) > 0) ? 'endpoints' : 'none';
}

/** Of answers at several addresses of the node the best counts: kube-proxy listens for each family by itself. */
export function best(findings: readonly Finding[]): Finding {
  return findings.includes('endpoints') ? 'endpoints' : findings.includes('none') ? 'none' : 'unanswered';
}
