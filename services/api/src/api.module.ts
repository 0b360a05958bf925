import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Answering } from './approvals/answering.js';
import { CONTROLLERS } from './controllers.js';
import { RoleGuard } from './http/role.guard.js';
import { Registrar } from './identities/registrar.js';
import { providersOf } from './parts.js';
import type { Parts } from './parts.js';
import { DryRunDesk } from './policies/dry-run-desk.js';
import { Viewing } from './viewing.js';

/** The one module: what is served, made of the parts that also serve WebSockets. */
@Module({})
export class ApiModule {
  static of(parts: Parts): DynamicModule {
    const guard = { provide: APP_GUARD, useClass: RoleGuard };
    return {
      module: ApiModule,
      controllers: [...CONTROLLERS],
      providers: [...providersOf(parts), Viewing, Answering, Registrar, DryRunDesk, guard],
    };
  }
}
