import { describe, expect, it } from 'vitest';
import { aGroup, anInput, aService } from '../../../test/builders/object.ts';
import { plan } from '../../plan/plan.ts';
import { renderConfig } from '../../render/config.ts';
import { renderObjects } from '../../render/objects.ts';
import { parseTemplate } from '../../template/syntax/parser.ts';
import type { CustomTemplate } from '../cluster/template-file.ts';
import { renderedGroup } from './rendered-group.ts';

const input = anInput({ group: aGroup({ status: { revision: 'before' } }), services: [aService('a', ['192.0.2.200'])] });
const decided = plan(input);
const rendered = (custom: CustomTemplate) => renderedGroup(decided, { ...input, custom, supportsPodMonitor: false });
const template = (text: string): CustomTemplate => ({ kind: 'usable', template: parseTemplate(text) });
const NATIVE = { objects: renderObjects(decided, input.settings), revision: renderConfig(decided)?.revision };

describe('what is to be written of a group', () => {
  it('is ours without a custom template', () => {
    expect(rendered({ kind: 'none' })).toEqual({ ...NATIVE, problems: [] });
  });

  it('is what a custom template makes', () => {
    const { objects, revision } = rendered(
      template('{apiVersion: v1, kind: ConfigMap, metadata: {name: vips}, data: {keepalived.conf: mine}}'),
    );
    expect(objects[0]).toMatchObject({ data: { 'keepalived.conf': 'mine\n' } });
    expect(revision).not.toBe(NATIVE.revision);
  });

  it.each<[string, CustomTemplate, string, string]>([
    ['fails for the group', template('{{ .Nope }}'), 'TemplateFailed', 'line 1, column 4: Data has no field Nope'],
    [
      'never was one',
      { kind: 'unusable', broken: 'line 1' },
      'TemplateBroken',
      'nothing is written, and the nodes go on with what they have: line 1',
    ],
  ])('is nothing, and the nodes go on, while the template %s', (_, custom, reason, message) => {
    expect(rendered(custom)).toEqual({
      ...{ objects: [], revision: 'before' },
      problems: [expect.objectContaining({ reason, message: expect.stringContaining(message) })],
    });
  });

  it('is what the last good template makes while a newer one is broken', () => {
    expect(rendered({ ...template(''), broken: 'line 1' } as CustomTemplate)).toEqual({
      ...NATIVE,
      problems: [
        expect.objectContaining({
          reason: 'TemplateBroken',
          message: expect.stringContaining('the last good template stays in force: line 1'),
        }),
      ],
    });
  });
});
