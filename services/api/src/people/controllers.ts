import { ProviderSignInController } from './provider-sign-in.controller.js';
import { UsersController } from './users.controller.js';

/** Who people are and how they come in. */
export const PEOPLE_CONTROLLERS = [ProviderSignInController, UsersController] as const;
