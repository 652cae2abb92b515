/** Reference pages that are made from code. */
import { REASONS } from '../../src/api/problem.ts';

/** Every reason of the condition Accepted, which is also that of an Event. */
export function reasonsPage(): string {
  const rows = Object.entries(REASONS).map(([reason, sentence]) => `| \`${reason}\` | ${sentence} |`);
  return `<!-- Made from src/api/problem.ts by npm run gen. -->
# Reasons

Why something that was asked for isn't carried, or not wholly. The word stands in the condition \`Accepted\` of the group and in the Event on the object that has to be corrected; the message beside it says what was found and what to do.

| reason | meaning |
|---|---|
${rows.join('\n')}
`;
}
