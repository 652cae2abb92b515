import type { FindingFact } from '../model/facts.ts';
import { byName } from './words.ts';

const SEVERITIES = ['wrong', 'unknown', 'hint'] as const;

/** What is said of each severity without colour. */
export const SEVERITY_SIGNS: Readonly<Record<FindingFact['severity'], string>> = { wrong: '✕', unknown: '?', hint: 'i' };

/** What is wrong, then what is not known, then hints; each by object. */
export const findingsInOrder = (findings: Readonly<Record<string, FindingFact>>): readonly FindingFact[] =>
  Object.values(findings).sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || byName(a.object, b.object) || byName(a.id, b.id),
  );
