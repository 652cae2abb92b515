import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { selfSigned } from './self-signed.ts';

it.each(['2026-01-01T00:00:00Z', '2045-06-01T12:00:00Z'])(
  'makes a certificate that its key signed, for the names, valid from %s',
  (now) => {
    const { cert, key } = selfSigned(['metrics.keepalived-operator.svc', 'localhost'], new Date(now));
    const certificate = new X509Certificate(cert);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subjectAltName).toBe('DNS:metrics.keepalived-operator.svc, DNS:localhost');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.validFromDate.getTime()).toBe(Date.parse(now) - 3_600_000);
    expect(certificate.validToDate.getUTCFullYear()).toBe(new Date(now).getUTCFullYear() + 10);
  },
);

it('makes another one each time', () => {
  const serial = (): string => new X509Certificate(selfSigned(['localhost'], new Date()).cert).serialNumber;
  expect(serial()).not.toBe(serial());
});
