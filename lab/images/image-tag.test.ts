import { describe, expect, it } from 'vitest';
import { taggedName, tagOf } from './image-tag.ts';

const image = (archive: string) => ({ name: 'localhost/operator:lab', archive });

describe('the name of an image on the nodes', () => {
  it('changes with its content and with nothing else', () => {
    expect(taggedName(image('/cache/operator-1/image.tar'))).toBe(taggedName(image('/cache/operator-1/image.tar')));
    expect(taggedName(image('/cache/operator-1/image.tar'))).not.toBe(taggedName(image('/cache/operator-2/image.tar')));
    expect(taggedName(image('/cache/operator-1/image.tar'))).toMatch(/^localhost\/operator:lab-[0-9a-f]{12}$/);
  });

  it('is refused for an image that is not there, naming those that are', () => {
    expect(() => tagOf([image('/a')], 'localhost/other:lab')).toThrow(
      "localhost/other:lab is none of the lab's images: localhost/operator:lab",
    );
  });
});
