import { ApprovalsController } from './approvals/approvals.controller.js';
import { CredentialsController } from './credentials.controller.js';
import { EventsController } from './events.controller.js';
import { ExportController } from './export/export.controller.js';
import { IdentitiesController } from './identities/identities.controller.js';
import { InstancesController } from './instances.controller.js';
import { KeysController } from './keys/keys.controller.js';
import { PeopleController } from './people.controller.js';
import { PEOPLE_CONTROLLERS } from './people/controllers.js';
import { DryRunController } from './policies/dry-run.controller.js';
import { PoliciesController } from './policies/policies.controller.js';
import { SessionPartsController } from './session-parts.controller.js';
import { SessionsController } from './sessions.controller.js';
import { StatusController } from './status.controller.js';
import { TerminationController } from './termination.controller.js';

/** In this order their routes are tried. */
export const CONTROLLERS = [
  SessionsController,
  SessionPartsController,
  ExportController,
  EventsController,
  PeopleController,
  StatusController,
  TerminationController,
  InstancesController,
  ApprovalsController,
  ...PEOPLE_CONTROLLERS,
  CredentialsController,
  IdentitiesController,
  KeysController,
  PoliciesController,
  DryRunController,
] as const;
