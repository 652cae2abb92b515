/** Reference pages that are made from code. */
import { REASONS, SEVERITIES } from '../../src/api/problem.ts';

/** Every reason of the condition Accepted, which is also that of an Event. */
export function reasonsPage(): string {
  const rows = Object.entries(REASONS).map(([reason, { severity, meaning }]) => `| \`${reason}\` | ${severity} | ${meaning} |`);
  const severities = Object.entries(SEVERITIES).map(([severity, meaning]) => `| ${severity} | ${meaning} |`);
  return `<!-- Made from src/api/problem.ts by npm run gen. -->
# Reasons

Why something that was asked for isn't carried, or not wholly. The reason is in the condition \`Accepted\` of the group and in the Event on the object that has to be corrected; the message beside it says what was found and what to do.

Each reason has a severity. The worst problem of a group comes first, in its condition and in \`kubectl keepalived plan\`. A hint refuses nothing: \`Accepted\` stays True.

| severity | meaning |
|---|---|
${severities.join('\n')}

| reason | severity | meaning |
|---|---|---|
${rows.join('\n')}
`;
}
