import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** PEM, as a TLS server takes it. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** A new P-256 key with a certificate (RFC 5280) that it signed itself, for these DNS names; nothing of it touches a disk. */
export function selfSigned(names: readonly string[], now: Date): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(oid('550403'), utf8(names[0] ?? 'localhost'))));
  const from = new Date(now.getTime() - HOUR);
  const to = new Date(now.getTime() + YEARS * 365.25 * 24 * HOUR);
  const tbs = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_SHA256,
    name,
    sequence(time(from), time(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(extension('551d11', sequence(...names.map(dnsName))), extension('551d25', sequence(oid('2b06010505070301'))))),
  );
  const certificate = sequence(tbs, ECDSA_SHA256, bits(sign('sha256', tbs, privateKey)));
  return { cert: pem(certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

// --- internal ---

const HOUR = 3_600_000;
/** Longer than any process lives: each start makes another one. */
const YEARS = 10;

/** Distinguished Encoding Rules, X.690: tag, length, content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const bytes = body.length < 0x80 ? [] : body.length < 0x100 ? [body.length] : [body.length >> 8, body.length & 0xff];
  const length = bytes.length === 0 ? [body.length] : [0x80 | bytes.length, ...bytes];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content);
const set = (...content: readonly Uint8Array[]): Buffer => der(0x31, ...content);
/** The first byte has to be below 0x80, or the number is negative. */
const integer = (bytes: Buffer): Buffer => der(0x02, bytes);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));
const bits = (content: Uint8Array): Buffer => der(0x03, Buffer.from([0]), content);
const tagged = (number: number, content: Buffer): Buffer => der(0xa0 | number, content);
const dnsName = (name: string): Buffer => der(0x82, Buffer.from(name));
const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), der(0x04, value));

/** Years from 1950 to 2049 have to be written with two digits. */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}

/** ecdsa-with-SHA256, RFC 5758. */
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
