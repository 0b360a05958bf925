import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { describe, expect, it } from 'vitest';
import { CONTROLLERS } from '../controllers.js';
import { REPLAY_ROUTE, ROUTE_ACCESS } from './roles.js';

/** `METHOD /path` of each handler, as the decorators say it. */
function routesOf(controller: (typeof CONTROLLERS)[number]): string[] {
  const base = metadata<string>(PATH_METADATA, controller) ?? '';
  const handlers = Object.getOwnPropertyDescriptors(controller.prototype);
  return Object.values(handlers).flatMap((handler) => {
    const value: unknown = handler.value;
    if (typeof value !== 'function') return [];
    const method = metadata<RequestMethod>(METHOD_METADATA, value);
    if (method === undefined) return [];
    const path = `/${base}/${metadata<string>(PATH_METADATA, value) ?? ''}`;
    return [`${RequestMethod[method]} ${path.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1')}`];
  });
}

function metadata<T>(key: string, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}

describe('the table of who may do what', () => {
  it('names each route and nothing else', () => {
    const served = [...CONTROLLERS.flatMap(routesOf), REPLAY_ROUTE];
    expect(served.length).toBeGreaterThan(15);
    expect(Object.keys(ROUTE_ACCESS).sort()).toEqual(served.sort());
  });
});
