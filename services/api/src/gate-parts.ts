import { Answering } from './approvals/answering.js';
import { ApprovalsController } from './approvals/approvals.controller.js';
import { IdentitiesController } from './identities/identities.controller.js';
import { Registrar } from './identities/registrar.js';
import { UsersController } from './people/users.controller.js';

/** What people say of commands, identities and each other. */
export const GATE_CONTROLLERS = [
  ApprovalsController,
  UsersController,
  IdentitiesController,
] as const;

export const GATE_PROVIDERS = [Answering, Registrar] as const;
