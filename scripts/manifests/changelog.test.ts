import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sectionOf } from './changelog.ts';
import { VERSION } from './version.ts';

describe('the changelog', () => {
  const text = '# Changelog\n\n## 2.0.0\n\n- b\n\n### Fixed\n\n- c\n\n## 1.0.0\n\n- a\n';
  it('gives the section of a version', () => expect(sectionOf(text, '2.0.0')).toBe('- b\n\n### Fixed\n\n- c'));
  it('gives the last section', () => expect(sectionOf(text, '1.0.0')).toBe('- a'));
  it('gives none for a version that it does not have', () => expect(sectionOf(text, '3.0.0')).toBeUndefined());
  it('has a section for the version that package.json says', () =>
    expect(sectionOf(readFileSync('CHANGELOG.md', 'utf8'), VERSION)).toBeTruthy());
});
