import { describe, expect, it } from 'vitest';
import type { ManagedFieldsEntry } from '../object.ts';
import { handOver, isUpdatedBy } from './managed-fields.ts';

const entry = (manager: string, operation: string, fieldsV1: object, subresource?: string): ManagedFieldsEntry => ({
  ...{ manager, operation, apiVersion: 'apps/v1', time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1', fieldsV1 },
  ...(subresource !== undefined && { subresource }),
});
const old = entry('manager', 'Update', { 'f:spec': { 'f:a': {}, 'f:b': {} } });
const ours = entry('operator', 'Apply', { 'f:spec': { 'f:a': {}, 'f:c': {} } });
const kubelet = entry('kubelet', 'Update', { 'f:status': {} }, 'status');

describe('the handing over of fields', () => {
  it('turns the updates of the one into what the other applied', () => {
    expect(handOver([kubelet, old], 'manager', 'operator')).toEqual([kubelet, { ...old, manager: 'operator', operation: 'Apply' }]);
  });

  it('joins them with what the other had applied already', () => {
    const joined = { ...ours, fieldsV1: { 'f:spec': { 'f:a': {}, 'f:b': {}, 'f:c': {} } } };
    expect(handOver([old, ours, kubelet], 'manager', 'operator')).toEqual([kubelet, joined]);
  });

  it('joins several updates, as different API versions leave them', () => {
    const older = entry('manager', 'Update', { 'f:metadata': { 'f:labels': { '.': {}, 'f:x': {} } } });
    const [only] = handOver([old, older], 'manager', 'operator');
    expect(only?.fieldsV1).toEqual({ 'f:spec': { 'f:a': {}, 'f:b': {} }, 'f:metadata': { 'f:labels': { '.': {}, 'f:x': {} } } });
  });

  it.each<[string, readonly ManagedFieldsEntry[]]>([
    ['there is nothing to hand over', [ours, kubelet]],
    ['only a subresource was written', [entry('manager', 'Update', { 'f:status': {} }, 'status')]],
    ['it was applied, not updated', [entry('manager', 'Apply', {})]],
    ['nobody wrote anything', []],
  ])('changes nothing where %s', (_, entries) => {
    expect(handOver(entries, 'manager', 'operator')).toEqual(entries);
    expect(isUpdatedBy({ metadata: { name: 'vips', managedFields: entries } }, 'manager')).toBe(false);
  });

  it('is due exactly while the one has updates', () => {
    expect(isUpdatedBy({ metadata: { name: 'vips', managedFields: [kubelet, old] } }, 'manager')).toBe(true);
    expect(isUpdatedBy({ metadata: { name: 'vips' } }, 'manager')).toBe(false);
  });
});
