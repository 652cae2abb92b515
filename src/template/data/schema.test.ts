import { describe, expect, it } from 'vitest';
import { fieldsOf, jsonKey } from './schema.ts';
import { typeName, typeOf } from './type.ts';

describe('the JSON key of a Go field', () => {
  it.each([
    ['ExternalIPs', 'externalIPs'],
    ['LoadBalancerIP', 'loadBalancerIP'],
    ['ClusterIP', 'clusterIP'],
    ['IP', 'ip'],
    ['HostIP', 'hostIP'],
    ['PodIPs', 'podIPs'],
    ['UID', 'uid'],
    ['APIVersion', 'apiVersion'],
    ['RouterIDs', 'routerIDs'],
    ['HealthCheckNodePort', 'healthCheckNodePort'],
    ['IPMode', 'ipMode'],
  ])('of %s is %s', (field, key) => {
    expect(jsonKey(field)).toBe(key);
  });
});

describe('the fields of a structure', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['Service', 'Name', 'string', ['metadata', 'name']],
    ['Service', 'ObjectMeta', 'ObjectMeta', ['metadata']],
    ['Service', 'Kind', 'string', ['kind']],
    ['Service', 'Status', 'ServiceStatus', ['status']],
    ['ServicePort', 'TargetPort', 'IntOrString', ['targetPort']],
    ['LoadBalancerStatus', 'Ingress', '[]LoadBalancerIngress', ['ingress']],
    ['PodStatus', 'PodIPs', '[]PodIP', ['podIPs']],
    ['KeepalivedGroup', 'Annotations', 'map[string]string', ['metadata', 'annotations']],
    ['KeepalivedGroupSpec', 'InterfaceFromIP', 'string', ['interfaceFromIP']],
    ['KeepalivedGroupStatus', 'RouterIDs', 'map[string]int', ['routerIDs']],
    ['Volume', 'HostPath', '*HostPathVolumeSource', ['hostPath']],
    ['PodSpec', 'DeprecatedServiceAccount', 'string', ['serviceAccount']],
    ['Data', 'KeepalivedPods', '[]Pod', ['KeepalivedPods']],
  ])('%s.%s is a %s at %j', (structure, name, type, path) => {
    const field = fieldsOf(structure).get(name);
    expect(field && { type: typeName(field.type), path: field.path }).toEqual({ type, path });
  });

  it('are all of types that the schema knows', () => {
    const seen = new Set<string>();
    const visit = (type: ReturnType<typeof typeOf>): void => {
      if (type.kind === 'pointer') visit(type.to);
      if (type.kind === 'slice' || type.kind === 'map') visit(type.element);
      if (type.kind !== 'struct' || seen.has(type.name)) return;
      seen.add(type.name);
      expect([...fieldsOf(type.name).keys()], type.name).not.toEqual([]);
      for (const field of fieldsOf(type.name).values()) visit(field.type);
    };
    visit(typeOf('Data'));
    expect(seen.size).toBeGreaterThan(100);
  });
});
