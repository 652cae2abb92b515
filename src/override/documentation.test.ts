import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anInput, aService } from '../../test/builders/object.ts';
import { REASONS } from '../api/problem.ts';
import { plan } from '../plan/plan.ts';
import { parseTemplate } from '../template/syntax/parser.ts';
import { fromTemplate } from './from-template.ts';

const PAGE = readFileSync(new URL('../../docs/reference/custom-template.md', import.meta.url), 'utf8');

describe('the reference page of custom templates', () => {
  it('has a template that does what the page says', () => {
    const [, text = ''] = /```go-text-template\n([\s\S]*?)```/.exec(PAGE) ?? [];
    const input = anInput({ services: [aService('a', ['192.0.2.1', '192.0.2.2'], { annotations: { spread: 'true' } })] });
    const made = fromTemplate(parseTemplate(text), { plan: plan(input), ...input, supportsPodMonitor: false });
    expect(made).toMatchObject({ kind: 'made', problems: [] });
    expect(made.kind === 'made' && made.config?.data['keepalived.conf']?.match(/dont_track_primary/g)).toHaveLength(2);
  });

  it('lists the reasons that there are', () => {
    const named = [...PAGE.matchAll(/^\| `(Template\w+)` \|/gm)].map(([, reason]) => reason);
    expect(named).toEqual(Object.keys(REASONS).filter((reason) => reason.startsWith('Template')));
  });
});
