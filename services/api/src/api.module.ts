import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Answering } from './approvals/answering.js';
import { ApprovalsController } from './approvals/approvals.controller.js';
import { EventsController } from './events.controller.js';
import { RoleGuard } from './http/role.guard.js';
import { InstancesController } from './instances.controller.js';
import { PeopleController } from './people.controller.js';
import { PEOPLE_CONTROLLERS } from './people/controllers.js';
import { providersOf } from './parts.js';
import type { Parts } from './parts.js';
import { SessionPartsController } from './session-parts.controller.js';
import { SessionsController } from './sessions.controller.js';
import { StatusController } from './status.controller.js';
import { TerminationController } from './termination.controller.js';
import { Viewing } from './viewing.js';

/** In this order their routes are tried. */
export const CONTROLLERS = [
  SessionsController,
  SessionPartsController,
  EventsController,
  PeopleController,
  StatusController,
  TerminationController,
  InstancesController,
  ApprovalsController,
  ...PEOPLE_CONTROLLERS,
] as const;

/** The one module: what is served, made of the parts that also serve WebSockets. */
@Module({})
export class ApiModule {
  static of(parts: Parts): DynamicModule {
    const guard = { provide: APP_GUARD, useClass: RoleGuard };
    return {
      module: ApiModule,
      controllers: [...CONTROLLERS],
      providers: [...providersOf(parts), Viewing, Answering, guard],
    };
  }
}
