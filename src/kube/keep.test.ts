import { expect, it } from 'vitest';
import { slim } from './keep.ts';

it('drops what only costs memory, and keeps who wrote which part', () => {
  const fields = { apiVersion: 'v1', time: 'now', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': {} } };
  const object = {
    metadata: {
      name: 'vips',
      labels: { a: 'b' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', kept: 'yes' },
      managedFields: [
        { manager: 'manager', operation: 'Update', ...fields },
        { manager: 'kubelet', operation: 'Update', subresource: 'status', ...fields },
      ],
    },
    data: { a: 'b' },
  };
  expect(slim(object)).toEqual({
    metadata: {
      ...{ name: 'vips', labels: { a: 'b' }, annotations: { kept: 'yes' } },
      managedFields: [
        { manager: 'manager', operation: 'Update' },
        { manager: 'kubelet', operation: 'Update', subresource: 'status' },
      ],
    },
    data: { a: 'b' },
  });
});

it('leaves a bare object as it is', () => {
  expect(slim({ metadata: { name: 'vips' } })).toEqual({ metadata: { name: 'vips' } });
});
