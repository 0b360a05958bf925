import type { Page } from '@steno/proto';
import supertest from 'supertest';
import { expect } from 'vitest';
import { TOKEN, bodyOf } from './test-api.js';
import type { TestApi } from './test-api.js';

/** Asks an api as the command line does. */
export class Asker {
  constructor(private readonly test: TestApi) {}

  readonly ask = (path: string) =>
    supertest(this.test.api.url)
      .get(path)
      .set({ authorization: `Bearer ${TOKEN}` });

  readonly get = async <T>(path: string): Promise<T> => {
    const answer = await this.ask(path);
    expect([answer.status, answer.text]).toEqual([200, answer.text]);
    return bodyOf<T>(answer);
  };

  readonly post = (path: string, body: object) =>
    supertest(this.test.api.url)
      .post(path)
      .set({ authorization: `Bearer ${TOKEN}` })
      .send(body);

  /** The items of all pages. */
  readonly allOf = async <T>(path: string, cursorName: string, limit: number): Promise<T[]> => {
    const items: T[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const separator = path.includes('?') ? '&' : '?';
      const from: string = cursor === '' ? '' : `&${cursorName}=${cursor}`;
      const page: Page<T> = await this.get(`${path}${separator}limit=${limit}${from}`);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  };
}
