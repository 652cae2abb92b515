/** Before each file: no virtual router is about to come home, so that what a file before it did to a node moves no address in it. */
import { beforeAll } from 'vitest';
import { cameHome, GROUP, groupCalled, labUnderTest, whyNoLab } from './lab-under-test.ts';

beforeAll(async () => {
  if (whyNoLab !== undefined) return;
  const lab = await labUnderTest();
  const isThere = await groupCalled(lab, GROUP).then(
    () => true,
    () => false,
  );
  if (isThere) await cameHome(lab);
});
