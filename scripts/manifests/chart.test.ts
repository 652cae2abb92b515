import { describe, expect, it } from 'vitest';
import { chartYaml } from './chart.ts';

describe('Chart.yaml', () => {
  const changelog = '# Changelog\n\n## 1.2.0\n\nWords.\n\n- A: b.\n- C.\n\n## 1.1.0\n\n- Old.\n';
  const before = 'annotations:\n  artifacthub.io/changes: |\n  artifacthub.io/license: MIT\n';
  const after = 'annotations:\n  artifacthub.io/changes: |\n    - "A: b."\n    - C.\n  artifacthub.io/license: MIT\n';

  it.each([
    ['none', before],
    ['those of another version', before.replace('|\n', '|\n    - Old.\n')],
    ['the same', after],
  ])("has the version's changes where it had %s", (_, text) => expect(chartYaml(text, changelog, '1.2.0')).toBe(after));
});
