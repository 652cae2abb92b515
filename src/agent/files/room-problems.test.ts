import { expect, it } from 'vitest';
import type { FileNotWritten } from '../facts.ts';
import { type Room, roomProblems } from './room-problems.ts';

const PLACE = { node: 'node1', pod: 'vips-x', dumpDir: '/run/dumps' };
const NOTHING: Room = { notWritten: null, trackFile: null, isCut: false };
const words = (room: Partial<Room>): string[] =>
  roomProblems({ ...NOTHING, ...room }, PLACE).map(({ reason, message }) => `${reason}: ${message}`);
const config = (code: string): FileNotWritten => ({ file: '/run/keepalived/keepalived.conf', code });

it('says nothing where all was written', () => expect(words({})).toEqual([]));

it.each(['ENOSPC', 'EDQUOT'])('says of a full folder (%s) where to make room, and that nobody has to start anything again', (code) => {
  expect(words({ notWritten: config(code) })).toEqual([
    `NotWritten: node node1 has no room for /run/keepalived/keepalived.conf (${code}), so keepalived goes on with what it runs; make room in /run/keepalived, which is memory of the node, or delete the pod vips-x: the agent tries again every few seconds`,
  ]);
});

it('says of a folder that is read-only that it is, since no room would help', () => {
  expect(words({ notWritten: config('EROFS') })).toEqual([
    'NotWritten: node node1 can not write /run/keepalived/keepalived.conf, because the folder is read-only (EROFS), so keepalived goes on with what it runs; delete the pod vips-x, whose successor gets new folders, or make /run/keepalived writable: the agent tries again every few seconds',
  ]);
});

it('says of any other failure its code, and what to look at', () => {
  expect(words({ notWritten: config('EIO') })).toEqual([
    'NotWritten: node node1 can not write /run/keepalived/keepalived.conf (EIO), so keepalived goes on with what it runs; look at the kernel log of the node, and delete the pod vips-x, whose successor gets new folders: the agent tries again every few seconds',
  ]);
});

it('says of a track file what keepalived goes on with', () => {
  expect(words({ trackFile: { file: '/run/keepalived/track/web/web', code: 'ENOSPC' } })[0]).toMatch(
    /^NotWritten: node node1 has no room for \/run\/keepalived\/track\/web\/web \(ENOSPC\), so keepalived goes on with what it knew of the endpoints of the Service; make room in \/run\/keepalived\/track\/web, /,
  );
});

it('says of a dump that was cut where to make room', () => {
  expect(words({ isCut: true })).toEqual([
    'NotWritten: keepalived on node node1 goes on, and has no room in /run/dumps to say what it runs; make room in /run/dumps, which is memory of the node, or delete the pod vips-x: the agent tries again every few seconds',
  ]);
});
